import { spawn, type ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { ADDON_PATH } from './binding.js';
import { MISSING_ADDON } from '../testing/native-engine.js';

/**
 * A child says "ready" and multiplies large matrices until it is told to die. The signal has to come
 * from outside: between two native calls there would be nothing to report.
 */
const CHILD = `
  const binding = require(${JSON.stringify(ADDON_PATH)});
  const size = 1500;
  binding.fill([size, size], 1, 0);
  const id = binding.results[0];
  process.stdout.write('ready');
  setImmediate(() => {
    for (;;) {
      binding.matMul(id, id, false, false);
      binding.free(binding.results[0]);
    }
  });
`;
const TIME_LIMIT_MS = 30_000;

test.for(['SIGSEGV', 'SIGABRT', 'SIGFPE'] as const)(
  'a child that dies of %s inside a native operation names it and its shapes',
  { timeout: TIME_LIMIT_MS },
  async (signal, context) => {
    if (MISSING_ADDON !== null) context.skip(MISSING_ADDON);
    const { endedBy, err } = await runAndKill(signal);
    expect(err).toContain(
      `capgrid-native: crashed in matMul with [1500, 1500] float32, [1500, 1500] float32 (${signal})`,
    );
    expect(endedBy).toBe(signal);
  },
);

async function runAndKill(signal: NodeJS.Signals) {
  const child = spawn(process.execPath, ['-e', CHILD], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME_LIMIT_MS - 5000,
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill(signal);
  return { endedBy: await ended(child), err };
}

function ended(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
}
