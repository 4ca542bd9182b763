import { expect, test } from 'vitest';
import { startEngine } from '../engine.js';
import { nativeBinding, useNativeEngine } from '../testing/native-engine.js';

useNativeEngine();

test('a started engine takes another number of threads, and keeps it unless asked', async () => {
  expect((await startEngine('libtorch', { threads: 2 })).threads).toBe(2);
  expect((await startEngine('libtorch', { threads: 1 })).threads).toBe(1);
  expect((await startEngine('libtorch')).threads).toBe(1);
  expect(nativeBinding().runtime().threads).toBe(1);
});
