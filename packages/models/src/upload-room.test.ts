import { getBackend, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startTestEngine } from './testing/test-engine.js';
import { uploadRoom } from './upload-room.js';

beforeAll(async () => {
  await startTestEngine();
});

test('tensors made from it keep their numbers', () => {
  const roomFor = uploadRoom();
  const tensors = [3, 2, 5].map((size) => tensor1d(roomFor(size).fill(size)));
  expect(tensors.map((one) => [...one.dataSync()])).toEqual([
    [3, 3, 3],
    [2, 2],
    [5, 5, 5, 5, 5],
  ]);
});

test('it is the same memory each time where the engine copies', () => {
  const roomFor = uploadRoom();
  const first = roomFor(6);
  expect(roomFor(4).buffer === first.buffer).toBe(getBackend() === 'libtorch');
});
