import { SCORE_PRINT, type ScoreName } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { chooseColumns } from './choose-columns.js';

const MEASURED: ScoreName[] = ['bleu1', 'bleu4', 'cider', 'averageLength', 'perplexity'];
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

test.each([
  [{}, ['bleu1', 'bleu4']],
  [{ all: true as const }, MEASURED],
  [{ columns: 'Captions' }, ['averageLength', 'perplexity']],
  [{ columns: 'perplexity, B@4,bleu' }, ['bleu1', 'bleu4', 'perplexity']],
])('%j shows %j, in the order of the table', (choice, shown) => {
  expect(chooseColumns(TABLE, choice).map(({ score }) => score)).toEqual(shown);
});

test('a score that was not measured is refused, with those that were', () => {
  expect(() => chooseColumns(TABLE, { columns: 'bleu4,spice' })).toThrow(
    '--columns: sweep "demo" has no score "spice". It has bleu1, bleu4, cider, averageLength, perplexity, and the groups bleu, quality, captions.',
  );
});
