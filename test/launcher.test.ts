/** The launcher, in a checkout of a test's own whose compilers only say that they ran. */
import { execFile, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

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
  write('packages/metrics/resources/compile.mjs', '');
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

describe('the word lists', () => {
  test('are compiled before the build, and their compiler says why it cannot', async () => {
    write('packages/metrics/resources/compile.mjs', "console.log('word lists')");
    write('node_modules/typescript/bin/tsc', "console.log('compiled')");
    await launch();
    const logs = ['build-lexicon.log', 'build.log'].map((name) =>
      readFileSync(join(root, 'home/logs', name), 'utf8'),
    );
    expect(logs).toEqual(['word lists\n', 'compiled\n']);

    write(
      'packages/metrics/resources/compile.mjs',
      "console.error('npm ci'); process.exitCode = 1",
    );
    await expect(launch()).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/compiling the word lists failed[^]*\nnpm ci\n$/) as string,
    });
  });
});

test('eval needs neither the native engine nor the dashboard', async () => {
  write('packages/tensor/native/build.mjs', "console.error('build runs'); process.exitCode = 1");
  const variables = { ...process.env, CAPGRID_HOME: join(root, 'home') };
  const options = { env: variables, timeout: 60_000 };
  const ended = await promisify(execFile)(join(root, 'capgrid'), ['eval'], options);
  expect(ended).toEqual({ stdout: 'handed over\n', stderr: '' });
});

describe('the native engine', () => {
  /** `test` needs no dashboard; what it hands over to says that it runs. */
  async function launchTest(engine?: string): Promise<{ stdout: string; stderr: string }> {
    write('test/run-checks.mjs', "console.log('checks run')");
    const variables = { ...process.env, CAPGRID_HOME: join(root, 'home'), CAPGRID_ENGINE: engine };
    const options = { env: variables, timeout: 60_000 };
    return promisify(execFile)(join(root, 'capgrid'), ['test'], options);
  }
  const writeBuild = (script: string): void =>
    write('packages/tensor/native/build.mjs', `console.error('build runs'); ${script}`);

  test('is built before the checks run', async () => {
    writeBuild('process.exitCode = 0');
    expect(await launchTest()).toEqual({ stdout: 'checks run\n', stderr: 'build runs\n' });
  });

  test('that cannot be built here adds no more than the line of the build', async () => {
    writeBuild('process.exitCode = 3');
    expect(await launchTest()).toEqual({ stdout: 'checks run\n', stderr: 'build runs\n' });
  });

  test.each([1, 2])('whose build ends with %i stops nothing', async (exitCode) => {
    writeBuild(`process.exitCode = ${exitCode}`);
    expect(await launchTest()).toEqual({
      stdout: 'checks run\n',
      stderr:
        'build runs\ncapgrid: going on with WebAssembly instead of the native tensor engine\n',
    });
  });

  test.each([1, 2, 3])(
    'that was asked for and whose build ends with %i stops the command',
    async (exitCode) => {
      writeBuild(`process.exitCode = ${exitCode}`);
      await expect(launchTest('libtorch')).rejects.toMatchObject({
        code: 2,
        stdout: '',
        stderr: 'build runs\n',
      });
    },
  );

  test('of an earlier build stays with a wrong CAPGRID_LIBTORCH', async () => {
    write('packages/tensor/native/build/capgrid_tensor.node', '');
    writeBuild('process.exitCode = 2');
    expect(await launchTest()).toEqual({ stdout: 'checks run\n', stderr: 'build runs\n' });
  });

  test('is not built for another engine', async () => {
    writeBuild('process.exitCode = 0');
    expect(await launchTest('wasm')).toEqual({ stdout: 'checks run\n', stderr: '' });
    expect((await launchTest('libtorch')).stderr).toBe('build runs\n');
  });
});
