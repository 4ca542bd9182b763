import { SCORE_PRINT, type ScoreName } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { chooseCompared } from './choose-compared.js';

const MEASURED: ScoreName[] = [
  'bleu4',
  'averageLength',
  'distinct1',
  'distinct2',
  'vocabularyUsed',
  'badEndings',
];
const TABLE = {
  sweepName: 'demo',
  columns: MEASURED.map((score) => ({
    score,
    ...SCORE_PRINT[score],
    isHigherBetter: true,
    comparable: [],
    note: null,
  })),
};

test('scores are those of the columns', () => {
  expect(chooseCompared(TABLE, 'bleu4,badEndings')).toEqual(['bleu4', 'badEndings']);
});

test('a group with scores that cannot be compared names those that can', () => {
  expect(() => chooseCompared(TABLE, 'captions')).toThrow(
    expect.objectContaining({
      code: 'usage',
      message:
        '--columns captions: Distinct-1, Distinct-2, Vocabulary belong to all captions together and cannot be compared. Give --columns averageLength,badEndings',
    }),
  );
});

test('where no score is left, all that can be compared are named', () => {
  expect(() => chooseCompared(TABLE, 'distinct1')).toThrow(
    '--columns distinct1: Distinct-1 belongs to all captions together and cannot be compared. Give --columns bleu4,averageLength,badEndings',
  );
});
