/** The launcher's lock, in a checkout of a test's own whose compiler only says that it ran. */
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

let root: string;

/** Locks are looked at once a second. */
const PATIENCE = { timeout: 60_000 };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'capgrid-launcher-'));
  for (const path of ['capgrid', 'apps/cli/launch/is-installed.mjs']) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(root, path));
  }
  for (const path of ['packages', 'apps/api', 'apps/trainer', 'apps/cli/dist']) {
    mkdirSync(join(root, path), { recursive: true });
  }
  write('package-lock.json', '{"packages":{}}');
  write('node_modules/.package-lock.json', '{"packages":{}}');
  write('tsconfig.json', '{}');
  write('tsconfig.base.json', '{}');
  write('node_modules/typescript/bin/tsc', '');
  write('apps/cli/dist/main.js', "console.log('handed over')");
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Its locked part is the build, which a new checkout needs. */
async function launch(): Promise<string> {
  const variables = { ...process.env, CAPGRID_HOME: join(root, 'home') };
  const options = { env: variables, timeout: 60_000 };
  return (await promisify(execFile)(join(root, 'capgrid'), ['x'], options)).stdout;
}

test('a lock whose owner has ended is taken over, by several callers too', PATIENCE, async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  write('.capgrid-launch/pid', `${pid}\n`);

  expect(await Promise.all([launch(), launch(), launch()])).toEqual(Array(3).fill('handed over\n'));
  // Only now: one caller may end while the next holds the lock.
  expect(existsSync(join(root, '.capgrid-launch'))).toBe(false);
});

test(
  'a lock without a number, left by one killed in between, does not block for ever',
  PATIENCE,
  async () => {
    mkdirSync(join(root, '.capgrid-launch'));

    expect(await launch()).toBe('handed over\n');
  },
);
