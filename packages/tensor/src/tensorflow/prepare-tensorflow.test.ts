/** Packages laid out as TensorFlow's are, in a folder as a user's own project would be. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBackend, removeBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareTensorflow, type Load } from './prepare-tensorflow.js';

const CORE = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');

let folder: string;
let load: Load;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-tensorflow-'));
  const require = createRequire(join(folder, 'index.js'));
  load = async (name) => require(name) as unknown;
});
afterEach(() => {
  if (findBackend('tensorflow')) removeBackend('tensorflow');
  rmSync(folder, { recursive: true });
});

function install(name: string, code: string): void {
  const place = join(folder, 'node_modules/@tensorflow', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'index.js'), code);
}

/** What the packages do when they are loaded: register, and tell their release. */
const registering = (isUsingGpuDevice: boolean): string => `
  const { registerBackend } = require(${JSON.stringify(CORE)});
  registerBackend('tensorflow', () => ({ isUsingGpuDevice, dispose() {} }));
  const isUsingGpuDevice = ${isUsingGpuDevice};
  exports.version = { tfjs: '4.22.0', 'tfjs-node': '4.22.1' };`;

test('the one for GPUs is taken first', async () => {
  install('tfjs-node-gpu', registering(true));
  install('tfjs-node', 'throw new Error("not asked for")');
  const found = await prepareTensorflow(load);
  expect(found).toEqual({ version: 'tfjs-node-gpu 4.22.1', device: 'cuda' });
});

test('the one for CPUs is taken where there is no other', async () => {
  install('tfjs-node', registering(false));
  const found = await prepareTensorflow(load);
  expect(found).toEqual({ version: 'tfjs-node 4.22.1', device: 'cpu' });
});

test('one that is installed and does not load says why', async () => {
  install('tfjs-node', "require('./napi-v8/tfjs_binding.node')");
  await expect(prepareTensorflow(load)).rejects.toMatchObject({
    code: 'engine-start-failed',
    message: expect.stringMatching(
      /^"@tensorflow\/tfjs-node" is installed and does not load: .*tfjs_binding\.node/,
    ) as string,
  });
});

test('where neither is installed the command that installs one is named', async () => {
  await expect(prepareTensorflow(load)).rejects.toMatchObject({
    code: 'engine-package-missing',
    message:
      'The engine "tensorflow" needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, and neither is installed. ' +
      'Run npm install --no-save @tensorflow/tfjs-node@4.22.0, or choose the engine "libtorch" or "wasm".',
  });
});
