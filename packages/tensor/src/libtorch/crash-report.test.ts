import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
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
/** Runs `then` when a worker thread that had loaded the addon has ended. */
function afterWorker(then: string): string {
  const load = `require(${JSON.stringify(ADDON_PATH)})`;
  return `
    const { Worker } = require('node:worker_threads');
    new Worker(${JSON.stringify(load)}, { eval: true }).on('exit', () => { ${then} });
  `;
}
/** (memory 1) (func (export "load") (param i32) (result i32) local.get 0 i32.load) */
const MODULE = [
  [0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 8, 1],
  [4, 108, 111, 97, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11],
].flat();
/** A load beyond its memory is a fault that V8's handler of SIGSEGV turns into an error. */
const LOAD_BEYOND = `
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(${JSON.stringify(MODULE)})));
  for (let i = 0; i < 2; i += 1) {
    try {
      exports.load(0x7ffffff0);
    } catch (error) {
      console.log(error.name);
    }
  }
`;
const TIME_LIMIT_MS = 30_000;

test.for([
  ['SIGSEGV', 'alone', CHILD],
  ['SIGABRT', 'alone', CHILD],
  ['SIGFPE', 'alone', CHILD],
  [
    'SIGSEGV',
    'after a worker thread has ended',
    `require(${JSON.stringify(ADDON_PATH)});${afterWorker(CHILD)}`,
  ],
] as const)(
  'a child that dies of %s inside a native operation, %s, names it and its shapes',
  { timeout: TIME_LIMIT_MS },
  async ([signal, , script], context) => {
    if (MISSING_ADDON !== null) context.skip(MISSING_ADDON);
    const { endedBy, err } = await runAndKill(signal, script);
    expect(err).toBe(
      `capgrid-native: crashed in matMul with [1500, 1500] float32, [1500, 1500] float32 (${signal})\n`,
    );
    expect(endedBy).toBe(signal);
  },
);

test.for([
  ['is loaded', `require(${JSON.stringify(ADDON_PATH)});${LOAD_BEYOND}`],
  ['was loaded by a worker thread that has ended', afterWorker(LOAD_BEYOND)],
] as const)(
  'a WebAssembly access beyond its memory is an error where the addon %s',
  { timeout: TIME_LIMIT_MS },
  ([, script], context) => {
    if (MISSING_ADDON !== null) context.skip(MISSING_ADDON);
    const { stdout, signal } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect({ stdout, signal }).toEqual({ stdout: 'RuntimeError\nRuntimeError\n', signal: null });
  },
);

async function runAndKill(signal: NodeJS.Signals, script: string) {
  const child = spawn(process.execPath, ['-e', script], {
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
