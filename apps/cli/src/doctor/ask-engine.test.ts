import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askEngine } from './ask-engine.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'capgrid-engine-'));
  mkdirSync(join(root, 'apps/trainer/dist'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** A checkout whose engine ends like this. */
function ask(script: string) {
  writeFileSync(join(root, 'apps/trainer/dist/doctor.js'), script);
  return askEngine({ root, env: { variables: process.env } }, false);
}

test('a process that is ended by a signal is told with it and with the way to a new addon', async () => {
  await expect(
    ask("process.kill(process.pid, 'SIGBUS'); setInterval(() => {}, 9)"),
  ).rejects.toThrow(
    'does not start: the process that starts it is ended by SIGBUS; ' +
      'delete the folder packages/tensor/native/build and run ./capgrid setup, or set CAPGRID_ENGINE=wasm',
  );
});

test('an exit code without words is told', async () => {
  await expect(ask('process.exit(135)')).rejects.toThrow('exits with code 135');
});

test('what the engine says is told as it stands', async () => {
  const script = "console.error('The engine is not built. Run ./capgrid setup.'); process.exit(1)";
  await expect(ask(script)).rejects.toThrow(
    /^does not start: The engine is not built\. Run \.\/capgrid setup\.$/,
  );
});
