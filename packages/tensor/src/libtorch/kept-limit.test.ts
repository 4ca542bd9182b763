import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { nativeBinding, useNativeEngine } from '../testing/native-engine.js';
import { keptLimit } from './kept-limit.js';

const GIB = 1024 ** 3;
const BLOCK = 2 ** 20;

test.each<[string, number | undefined]>([
  ['no limit is known', 0],
  ['the system cannot tell', undefined],
  ['the limit of the control group is above all memory', 2 ** 64],
])('a sixteenth of the machine is kept where %s', (_, constrained) => {
  expect(keptLimit(32 * GIB, constrained)).toBe(2 * GIB);
});

test('a sixteenth of the limit of the control group is kept', () => {
  expect(keptLimit(32 * GIB, 4 * GIB)).toBe(GIB / 4);
});

useNativeEngine();
afterEach(() => nativeBinding().setKeptLimit(GIB));

/** Makes a tensor of so many bytes and frees it. */
function use(bytes: number): void {
  tf.dispose(tf.fill([bytes / 4], 1));
}

test('freed memory above the limit goes back to the system, the oldest first', () => {
  const binding = nativeBinding();
  binding.setKeptLimit(0);
  expect(binding.keptBytes()).toBe(0);
  binding.setKeptLimit(8 * BLOCK);
  for (const blocks of [1, 2, 4]) use(blocks * BLOCK);
  expect(binding.keptBytes()).toBe(7 * BLOCK);
  use(3 * BLOCK); // the blocks of 1 and 2 make room for it
  expect(binding.keptBytes()).toBe(7 * BLOCK);
  use(4 * BLOCK); // takes the block that is there
  expect(binding.keptBytes()).toBe(7 * BLOCK);
  use(9 * BLOCK);
  expect(binding.keptBytes()).toBe(7 * BLOCK);
  binding.setKeptLimit(5 * BLOCK); // the block of 4 was used last
  expect(binding.keptBytes()).toBe(4 * BLOCK);
});

test('a limit that is no number of bytes is refused', () => {
  expect(() => nativeBinding().setKeptLimit(-1)).toThrow('the limit is -1.000000 bytes');
  expect(() => nativeBinding().setKeptLimit(NaN)).toThrow('the limit is nan bytes');
});
