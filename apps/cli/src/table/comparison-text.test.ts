import { Comparison } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { renderComparison } from './comparison-text.js';

const PLAIN = { hasBold: false, hasUnicode: true };
const TABLE = {
  caption: 'Dataset scenes, test split.',
  factors: [{ path: 'model.attention.kind', label: 'attention' }],
};

function cell(mean: number, difference: number | null, adjustedP = 1) {
  const around = (value: number) => ({ low: value - 1.25, high: value + 1.25 });
  return {
    mean,
    interval: around(mean),
    standardErrors: { images: 0.6, seeds: null, both: null },
    comparison:
      difference === null
        ? null
        : { difference, interval: around(difference), p: adjustedP, adjustedP },
  };
}

function row(index: number, attention: string, cells: object) {
  const assignment = { 'model.attention.kind': attention };
  return { row: index, assignment, trainingSeeds: [1], cells };
}

const COMPARISON = Comparison.parse({
  sweepId: 's1',
  baseline: 0,
  level: 'images',
  test: 'paired-bootstrap',
  correction: 'holm',
  comparisons: 4,
  smallestAdjustedP: 0.004,
  seed: 1,
  resamples: 1000,
  confidence: 0.95,
  generator: 'mt19937',
  idf: 'fixed',
  images: 200,
  columns: [
    { score: 'bleu4', label: 'B@4', unit: 'times100', decimals: 1, signature: 'BLEU-4' },
    { score: 'ciderD', label: 'CIDEr-D', unit: 'times100', decimals: 1, signature: 'CIDEr-D' },
  ],
  rows: [
    row(0, 'none', { bleu4: cell(27.1, null), ciderD: cell(101.2, null) }),
    row(1, 'dot', { bleu4: cell(27.2, 0.04), ciderD: cell(99.1, -2.1, 0.03) }),
    row(3, 'mlp', { bleu4: cell(30.1, 3, 0.004), ciderD: cell(113.6, 12.4, 0.004) }),
  ],
  leftOut: [{ row: 2, reason: 'no seed has finished' }],
});

test('differences stand with their intervals, significant ones with a mark, and the method below', () => {
  expect(`\n${renderComparison(COMPARISON, TABLE, PLAIN)}\n`).toBe(`
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
row  attention               B@4              CIDEr-D
──────────────────────────────────────────────────────
  1  none       27.1               101.2
  2  dot         0.0  [−1.2, 1.3]   −2.1† [−3.4, −0.9]
  4  mlp        +3.0† [1.8, 4.3]   +12.4† [11.2, 13.7]
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
Dataset scenes, test split.
Each row minus the baseline (row 1), whose own scores stand
in its row.
In brackets: 95% interval of the difference by paired
percentile bootstrap over images; it tells what other images
would give with these trainings, not what other trainings
would.
200 images, 1,000 resamples, random seed 1 (mt19937).
†: p < 0.05 after Holm's correction for 4 comparisons.
CIDEr-D: idf fixed to that of the whole test set.
Left out: row 3 (no seed has finished).
`);
});

test('without unicode the mark and the minus are ASCII', () => {
  const text = renderComparison(COMPARISON, TABLE, { hasBold: false, hasUnicode: false });

  expect(text).toContain('-2.1^ [-3.4, -0.9]');
  expect(text).toMatch(/^[ -~\n]+$/);
});
