import { expect, it } from 'vitest';
import { estimateSecondsLeft } from './seconds-left.js';

it('knows nothing before a second measurement', () => {
  const left = estimateSecondsLeft(() => 0);
  expect(left.update(1, 10)).toBeNull();
});

it('multiplies what is left by the time of one unit', () => {
  let nowMs = 0;
  const left = estimateSecondsLeft(() => nowMs);
  left.update(10, 100);
  nowMs = 1000;
  // Ten units in a second: eighty more take eight.
  expect(left.update(20, 100)).toBe(8);
});

it('lets a slow start count less and less', () => {
  let nowMs = 0;
  const left = estimateSecondsLeft(() => nowMs);
  left.update(0, 100);
  nowMs = 10_000;
  left.update(1, 100);
  for (let done = 2; done <= 40; done += 1) {
    nowMs += 100;
    left.update(done, 100);
  }
  // 60 units of 100 ms take 6 s; the first one took 10 s.
  expect(left.update(40, 100)).toBeCloseTo(6, 0);
});

it('is zero at the end', () => {
  let nowMs = 0;
  const left = estimateSecondsLeft(() => nowMs);
  left.update(0, 10);
  nowMs = 500;
  expect(left.update(10, 10)).toBe(0);
});
