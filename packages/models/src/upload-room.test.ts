import { expect, it } from 'vitest';
import { uploadRoom } from './upload-room.js';

it('gives the same memory again, of the size asked', () => {
  const roomFor = uploadRoom();
  const first = roomFor(6);
  expect(first).toHaveLength(6);
  expect(roomFor(4)).toHaveLength(4);
  expect(roomFor(4).buffer).toBe(first.buffer);
  const larger = roomFor(7);
  expect(larger).toHaveLength(7);
  expect(roomFor(7).buffer).toBe(larger.buffer);
});
