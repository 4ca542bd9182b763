import { getBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { startEngine, type EngineKind } from './engine.js';
import * as tensor from './index.js';
import { AddonMissingError, EngineStartError } from './errors.js';

test('starting an engine twice gives the same description and leaves it active', async () => {
  const first = await startEngine('wasm');
  const second = await startEngine('wasm');
  expect(second).toEqual(first);
  expect(first).toEqual({
    name: 'wasm',
    backend: 'wasm',
    version: 'tfjs-backend-wasm 4.22.0',
    device: 'cpu',
    threads: 1,
    blas: null,
    captureStep: expect.any(Function),
  });
  expect(getBackend()).toBe('wasm');
});

test('another engine can take over in the same process', async () => {
  await startEngine('wasm');
  const cpu = await startEngine('cpu');
  expect(cpu.backend).toBe('cpu');
  expect(getBackend()).toBe('cpu');
});

test('an unknown engine is refused with the known ones named', async () => {
  await expect(startEngine('metal' as EngineKind)).rejects.toMatchObject({
    code: 'engine-unknown',
    message: 'Unknown engine "metal". Choose one of: libtorch, wasm, cpu, tensorflow.',
  });
});

test('a device for an engine that has none is refused', async () => {
  await expect(startEngine('wasm', { device: 'cuda' })).rejects.toMatchObject({
    code: 'device-unknown',
    message: 'The device "cuda" is not there. Only the engine "libtorch" takes one, not "wasm".',
  });
});

test.each([0, 1.5, -2, Number.NaN])('%d threads are refused with the value', async (threads) => {
  await expect(startEngine('libtorch', { threads })).rejects.toMatchObject({
    code: 'engine-option',
    message: `The engine's option "threads" is ${threads}: give a whole number of at least 1.`,
  });
});

test('an addon that does not load is told with the reason of the system', () => {
  const cause = new Error('libtorch.so: cannot open shared object file\nRequire stack:');

  expect(new EngineStartError('libtorch', { cause }).message).toBe(
    'The engine "libtorch" did not start: libtorch.so: cannot open shared object file. ' +
      'Build it again: ./capgrid setup. Or choose the engine "wasm".',
  );
  expect(new EngineStartError('wasm').message).toBe(
    'The engine "wasm" did not start. Check that its package is installed whole (npm ci), or choose the engine "cpu".',
  );
});

test('a missing addon is told also to who has only the package', () => {
  expect(new AddonMissingError().message).toContain('./capgrid setup');
  expect(new AddonMissingError().message).toContain('npm run build:native');
});

test('errors that a caller may want to tell apart are exported', () => {
  expect(tensor.AddonMissingError).toBe(AddonMissingError);
  expect(new tensor.NativeKernelError('Add', [], new Error('no')).code).toBe('kernel-failed');
});
