import { ResultsTable } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { renderResults } from './results-text.js';

const PLAIN = { hasBold: false, hasUnicode: true };

function cell(meanTimes100: number, isBest = false) {
  return { meanTimes100, isBest, stdTimes100: null, deltaTimes100: null };
}

const TABLE = ResultsTable.parse({
  sweepId: 's1',
  sweepName: 'demo',
  caption: 'Scenes, test split of 200 images, seed 1. All scores times 100.',
  factors: [
    { path: 'model.attention.kind', label: 'attention' },
    { path: 'model.weightNorm', label: 'weight norm' },
  ],
  columns: [
    { score: 'bleu1', label: 'B@1', group: 'BLEU', decimals: 1, isHigherBetter: true },
    { score: 'bleu4', label: 'B@4', group: 'BLEU', decimals: 1, isHigherBetter: true },
    { score: 'ciderD', label: 'CIDEr-D', group: 'CIDEr-D', decimals: 1, isHigherBetter: true },
  ],
  rows: [
    {
      assignment: { 'model.attention.kind': 'none', 'model.weightNorm': false },
      trialIds: ['t1'],
      seedsFinished: 1,
      seedsTotal: 1,
      scores: { bleu1: cell(70.14), bleu4: cell(52, true), ciderD: cell(301.26) },
      missing: [],
      published: null,
    },
    {
      assignment: { 'model.attention.kind': 'mlp', 'model.weightNorm': true },
      trialIds: ['t2'],
      seedsFinished: 0,
      seedsTotal: 1,
      scores: {},
      missing: ['loss-not-finite'],
      published: null,
    },
  ],
  trialsFinished: 1,
  trialsFailed: 1,
  trialsTotal: 2,
  signatures: ['refs:5|tok:none'],
});

test('a failed cell shows dashes and its reason, the caption follows the last rule', () => {
  expect(`\n${renderResults(TABLE, PLAIN)}\n`).toBe(`
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
                           BLEU
                        ───────────
attention  weight norm   B@1   B@4   CIDEr-D  note
─────────────────────────────────────────────────────────────
none       off          70.1  52.0*    301.3
mlp        on              –     –         –  loss-not-finite
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
Scenes, test split of 200 images, seed 1. All scores times
100.
Best of each column: *.
`);
});

test('deviation over seeds and the difference to a published score stay aligned', () => {
  const [first, second] = TABLE.rows;
  const table = ResultsTable.parse({
    ...TABLE,
    columns: TABLE.columns.slice(0, 1),
    rows: [
      {
        ...first,
        seedsFinished: 3,
        seedsTotal: 3,
        scores: {
          bleu1: { meanTimes100: 70.14, isBest: true, stdTimes100: 0.25, deltaTimes100: -1.2 },
        },
        published: 'Somebody 2018, Table 2',
      },
      { ...second, seedsTotal: 3, scores: { bleu1: cell(69) }, missing: ['running'] },
    ],
  });

  const lines = renderResults(table, PLAIN).split('\n');

  expect(lines.filter((line) => /^(attention|none|mlp)/.test(line))).toEqual([
    'attention  weight norm  seeds             B@1   note',
    'none       off            3/3  70.1±0.3* −1.2   Somebody 2018, Table 2',
    'mlp        on             0/3      69.0         running',
  ]);
});

test('scores of different signatures are named', () => {
  const table = { ...TABLE, signatures: ['refs:5|v:1', 'refs:5|v:2'] };

  expect(renderResults(table, PLAIN)).toContain(
    'Scores of different kinds are mixed: refs:5|v:1, refs:5|v:2.',
  );
});
