import { expect, test } from 'vitest';
import { ScoresColumn } from './score-column.js';

const BLEU = { value: 0.3, signature: 'BLEU-4|v:1', interval: null };

test('a score that this version does not know leaves the others readable', () => {
  expect(ScoresColumn.parse({ bleu4: BLEU, bertScore: { value: [1] } })).toEqual({ bleu4: BLEU });
  expect(ScoresColumn.parse(null)).toBeNull();
});

test('a known score of another shape is refused', () => {
  expect(ScoresColumn.safeParse({ bleu4: { value: 'high' } }).success).toBe(false);
});
