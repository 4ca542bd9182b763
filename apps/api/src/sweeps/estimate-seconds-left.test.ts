import { expect, test } from 'vitest';
import { estimateSecondsLeft } from './estimate-seconds-left.js';

test('pending trainings take the mean of the finished ones, shared by those that run', () => {
  const left = estimateSecondsLeft(
    [{ kind: 'training', pending: 4, meanSeconds: 60 }],
    [
      { kind: 'training', elapsedSeconds: 20, secondsLeft: 40 },
      { kind: 'training', elapsedSeconds: 50, secondsLeft: null },
    ],
  );
  expect(left).toBe((4 * 60 + 40 + 10) / 2);
});

test('the first training estimates the others', () => {
  const left = estimateSecondsLeft(
    [{ kind: 'training', pending: 2, meanSeconds: null }],
    [{ kind: 'training', elapsedSeconds: 10, secondsLeft: 20 }],
  );
  expect(left).toBe(2 * 30 + 20);
});

test('nothing is said while no training has given a sign', () => {
  expect(
    estimateSecondsLeft(
      [
        { kind: 'features', pending: 0, meanSeconds: 5 },
        { kind: 'training', pending: 2, meanSeconds: null },
      ],
      [],
    ),
  ).toBeNull();
});

test('evaluations of unknown length alone are no estimate of nothing', () => {
  const running = [{ kind: 'evaluation' as const, elapsedSeconds: 2, secondsLeft: null }];
  expect(
    estimateSecondsLeft([{ kind: 'evaluation', pending: 3, meanSeconds: null }], running),
  ).toBeNull();
});
