import { expect, test } from 'vitest';
import { describeIntervals, describeLowerBetter, describeUnits } from './describe-columns.js';
import { SCORE_PRINT } from './score-print.js';
import type { ScoreName } from './scores.js';

function column(score: ScoreName, isHigherBetter: boolean | null = true) {
  return { score, ...SCORE_PRINT[score], isHigherBetter };
}

test('quality times 100 needs no word; shares and lengths have their units', () => {
  expect(describeUnits([column('bleu4'), column('ciderD')])).toBeNull();
  expect(
    describeUnits([
      column('bleu4'),
      column('averageLength', null),
      column('distinct1', null),
      column('vocabularyUsed', null),
      column('badEndings', false),
      column('perplexity', false),
    ]),
  ).toBe('Distinct-1 and Bad endings in percent; Length and Vocabulary in words.');
});

test('a column of which less is better is named', () => {
  expect(describeLowerBetter([column('bleu4'), column('averageLength', null)])).toBeNull();
  expect(describeLowerBetter([column('badEndings', false), column('perplexity', false)])).toBe(
    'Bad endings and Perplexity: lower is better.',
  );
});

test('brackets are explained only where there are some', () => {
  const none = { interval: null };
  const one = { interval: { low: 1, high: 2 } };
  expect(describeIntervals([none, one])).toBe('In brackets: 95% interval over the images.');
  expect(describeIntervals([none, none])).toBe(
    'No 95% intervals: only rows of a single seed have them; compare rows for those of differences.',
  );
});
