import { ResultsTable, type ScoreName } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { renderResults } from './results-text.js';

const PLAIN = { hasBold: false, hasUnicode: true };

function cell(mean: number, isBest = false) {
  return { mean, isBest, std: null, interval: null, delta: null, signature: 'refs:5' };
}

function column(score: ScoreName, label: string, group: string) {
  const printed = { unit: 'times100', decimals: 1, isHigherBetter: true, isPrimary: true };
  return { score, label, group, ...printed, comparable: [], note: null };
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
    column('bleu1', 'B@1', 'BLEU'),
    column('bleu4', 'B@4', 'BLEU'),
    column('ciderD', 'CIDEr-D', 'CIDEr-D'),
  ],
  rows: [
    {
      assignment: { 'model.attention.kind': 'none', 'model.weightNorm': false },
      trialIds: ['t1'],
      seedsFinished: 1,
      seedsTotal: 1,
      scores: { bleu1: cell(70.14), bleu4: cell(52, true), ciderD: cell(301.26) },
      mixed: {},
      missing: [],
      published: null,
    },
    {
      assignment: { 'model.attention.kind': 'mlp', 'model.weightNorm': true },
      trialIds: ['t2'],
      seedsFinished: 0,
      seedsTotal: 1,
      scores: {},
      mixed: {},
      missing: ['loss-not-finite'],
      published: null,
    },
  ],
  trialsFinished: 1,
  trialsFailed: 1,
  trialsTotal: 2,
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
          bleu1: { ...cell(70.14, true), std: 0.25, delta: -1.2 },
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

test('what a column says before it may be compared stands below the table', () => {
  const note = 'B@1 is of 2 kinds: refs:5|v:1 (row 1); refs:5|v:2 (row 2).';
  const [first, ...others] = TABLE.columns;
  if (first === undefined) throw new Error('the table has columns');
  const table = { ...TABLE, columns: [{ ...first, note }, ...others] };

  expect(renderResults(table, PLAIN)).toContain(note);
});
