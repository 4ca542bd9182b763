import { SweepProgress } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { progressLine, progressLines, showDuration } from './progress-lines.js';

const PROGRESS = SweepProgress.parse({
  status: 'running',
  trials: { total: 24, queued: 10, running: 2, finished: 12, failed: 0, cancelled: 0 },
  trainings: { total: 8, finished: 4, reused: 0 },
  secondsLeft: 131,
  running: [
    {
      taskId: 'a',
      kind: 'training',
      label: 'attention=mlp',
      progress: { phase: 'train', done: 420, total: 800, loss: 1.23456, secondsLeft: 40 },
    },
    { taskId: 'b', kind: 'evaluation', label: 'beam=3', progress: null },
  ],
});

test('a log line tells trials done of total, the time left and the current loss', () => {
  expect(progressLine(PROGRESS)).toBe(
    '12 of 24 trials, 4 of 8 trainings, about 2 min left | ' +
      'training: attention=mlp 420/800, loss 1.235 | evaluating: beam=3',
  );
});

test('a terminal gets a bar half full when half of the trials are done', () => {
  expect(progressLines(PROGRESS, false)).toEqual([
    '############............  12 of 24 trials, 4 of 8 trainings, about 2 min left',
    '  training: attention=mlp 420/800, loss 1.235',
    '  evaluating: beam=3',
  ]);
});

test('failures and an unknown time left are told', () => {
  const trials = { ...PROGRESS.trials, failed: 3 };

  expect(progressLine({ ...PROGRESS, trials, secondsLeft: null, running: [] })).toBe(
    '12 of 24 trials, 4 of 8 trainings, 3 failed, time left not known yet',
  );
});

test('an ended sweep has no time left', () => {
  const ended = { ...PROGRESS, status: 'finished' as const, secondsLeft: null, running: [] };

  expect(progressLine(ended)).toBe('12 of 24 trials, 4 of 8 trainings');
});

test.each([
  [0.2, '1 s'],
  [89, '89 s'],
  [90, '2 min'],
  [7500, '2 h 5 min'],
  [7200, '2 h'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(showDuration(seconds)).toBe(text);
});
