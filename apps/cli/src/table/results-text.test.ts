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
  printed: [],
  publishedNotes: [],
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

test('published rows of no cell stand below the others, aligned with them', () => {
  const [first] = TABLE.rows;
  const table = ResultsTable.parse({
    ...TABLE,
    columns: TABLE.columns.slice(0, 1),
    rows: [{ ...first, scores: { bleu1: { ...cell(70.14), delta: -1.2 } }, published: 'Table 3' }],
    printed: [
      { source: 'Up-down, Table 4', scores: { bleu1: 76.6 } },
      { source: 'LRCN, Table 4', scores: {} },
    ],
  });

  const lines = renderResults(table, PLAIN).split('\n');

  expect(lines.filter((line) => /Table [34]$/.test(line))).toEqual([
    'none       off          70.1 −1.2   Table 3',
    '                        76.6        Up-down, Table 4',
    '                                 –  LRCN, Table 4',
  ]);
  expect(lines).toContain('Rows without a cell: as published.');
});

test('rows are numbered where the names of published rows are in another panel', () => {
  const table = ResultsTable.parse({
    ...TABLE,
    factors: [],
    columns: TABLE.columns.slice(0, 1),
    rows: TABLE.rows.slice(0, 1),
    printed: [{ source: 'Up-down (Anderson et al. 2018), Table 4', scores: { bleu1: 76.6 } }],
  });

  const lines = renderResults(table, { ...PLAIN, width: 44 }).split('\n');
  expect(lines.filter((line) => /^[#12](?: |$)/.test(line))).toEqual([
    '#   B@1',
    '1  70.1',
    '2  76.6',
    '#  note',
    '1',
    '2  Up-down (Anderson et al. 2018), Table 4',
  ]);
  expect(renderResults(table, PLAIN)).not.toContain('#');
});

test('what to know before comparing with published rows stands below the table', () => {
  const note = 'Table 4 (COCO, Karpathy splits). The row "Up-down" is the ResNet baseline.';
  const text = renderResults({ ...TABLE, publishedNotes: [note] }, PLAIN);

  expect(text.replaceAll('\n', ' ').endsWith(note)).toBe(true);
});

test('what a column says before it may be compared stands below the table', () => {
  const note = 'METEOR (exact) is not the published METEOR, so no difference is shown.';
  const [first, ...others] = TABLE.columns;
  if (first === undefined) throw new Error('the table has columns');
  const table = { ...TABLE, columns: [{ ...first, note }, ...others] };

  expect(renderResults(table, PLAIN).replaceAll('\n', ' ')).toContain(note);
});

/** Two rows whose captions were scored on different images, and one whose seeds were. */
function mixedTable() {
  const images = ['images:200-aa', 'images:500-bb'] as const;
  const score = (name: string, on: (typeof images)[number], mean: number) => ({
    ...cell(mean),
    signature: `${name}|v:1|refs:5-cc|${on}`,
  });
  const columns = TABLE.columns.slice(1).map((one, index) => ({
    ...one,
    comparable: images.map((on, row) => ({
      signature: `${['BLEU-4', 'CIDEr-D'][index]}|v:1|refs:5-cc|${on}`,
      label: one.label,
      rows: index === 1 && row === 0 ? [0, 2] : [row],
    })),
  }));
  const rows = images.map((on, index) => ({
    ...TABLE.rows[0],
    assignment: { 'model.attention.kind': `on ${index}` },
    scores: { bleu4: score('BLEU-4', on, 52 + index), ciderD: score('CIDEr-D', on, 101.26) },
  }));
  const mixed = images.map((on) => `BLEU-4|v:1|refs:5-cc|${on}`);
  const third = {
    ...rows[0],
    assignment: { 'model.attention.kind': 'both' },
    scores: { ciderD: rows[0]?.scores.ciderD },
    mixed: { bleu4: mixed },
  };
  const factors = TABLE.factors.slice(0, 1);
  return ResultsTable.parse({ ...TABLE, factors, columns, rows: [...rows, third] });
}

test('values that cannot be compared are marked, and one footnote says why', () => {
  expect(`\n${renderResults(mixedTable(), PLAIN)}\n`).toBe(`
━━━━━━━━━━━━━━━━━━━━━━━━━━━
attention    B@4   CIDEr-D
───────────────────────────
on 0        52.0ᵃ    101.3ᵃ
on 1        53.0ᵇ    101.3ᵇ
both       mixedᶜ    101.3ᵃ
━━━━━━━━━━━━━━━━━━━━━━━━━━━
Scenes, test split of 200 images, seed 1. All scores times
100.
B@4 and CIDEr-D: values marked a and b cannot be compared
with each other; a: images:200-aa; b: images:500-bb.
B@4: values marked c have no mean, because their seeds
cannot be compared: images:200-aa; images:500-bb.
`);
});

test('a terminal without unicode has marks too', () => {
  const text = renderResults(mixedTable(), { hasBold: true, hasUnicode: false });

  expect(text).toMatch(/52\.0\^a/);
  expect(text).toMatch(/mixed\^/);
});

test('the whole signatures stand below on demand, by column and mark', () => {
  const lines = renderResults(mixedTable(), PLAIN, { hasSignatures: true }).split('\n');

  expect(lines.slice(lines.indexOf('Signatures:'))).toEqual([
    'Signatures:',
    'B@4 a      BLEU-4|v:1|refs:5-cc|images:200-aa',
    'B@4 b      BLEU-4|v:1|refs:5-cc|images:500-bb',
    'B@4 c      BLEU-4|v:1|refs:5-cc|images:200-aa',
    'B@4 c      BLEU-4|v:1|refs:5-cc|images:500-bb',
    'CIDEr-D a  CIDEr-D|v:1|refs:5-cc|images:200-aa',
    'CIDEr-D b  CIDEr-D|v:1|refs:5-cc|images:500-bb',
  ]);
});

test('only what a paper prints is shown unless asked for; shares and lengths have their units', () => {
  const columns = [
    ...TABLE.columns,
    { ...column('cider', 'CIDEr', 'Quality'), isPrimary: false },
    { ...column('badEndings', 'Bad endings', 'Captions'), isPrimary: false, unit: 'percent' },
  ];
  const [row] = TABLE.rows;
  const scores = { ...row?.scores, cider: cell(99), badEndings: cell(3.04) };
  const table = ResultsTable.parse({
    ...TABLE,
    columns: columns.map((one) => ({
      ...one,
      isHigherBetter: one.score === 'badEndings' ? false : true,
    })),
    rows: [{ ...row, scores }],
  });

  expect(renderResults(table, PLAIN)).not.toMatch(/Bad|CIDEr /);
  const all = renderResults(table, PLAIN, { columns: table.columns });
  expect(all).toMatch(/301\.3 +99\.0 +3\.0\n/);
  expect(all).toContain('Bad endings in percent.');
  expect(all).toContain('Bad endings: lower is better.');
});

test('an interval over images stands in brackets beside its value', () => {
  const [row] = TABLE.rows;
  const bleu1 = { ...cell(70.14), interval: { low: 68.96, high: 71.2 } };
  const table = ResultsTable.parse({
    ...TABLE,
    columns: TABLE.columns.slice(0, 1),
    rows: [{ ...row, scores: { bleu1 } }],
  });

  expect(renderResults(table, PLAIN)).not.toContain('[');
  const text = renderResults(table, PLAIN, { hasIntervals: true });
  expect(text).toContain('70.1 [69.0, 71.2]\n');
  expect(text).toContain('In brackets: 95% interval over the images.');
});
