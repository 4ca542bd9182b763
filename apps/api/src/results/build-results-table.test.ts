import {
  checkSweep,
  expandSweep,
  type PublishedRow,
  type Scores,
  type SweepSpecInput,
} from '@capgrid/contracts';
import { describe, expect, test } from 'vitest';
import { buildResultsTable, type ResultTrial } from './build-results-table.js';

const SCORES: Scores = { bleu1: 0.7, bleu2: 0.5, bleu3: 0.4, bleu4: 0.3, rougeL: 0.55, ciderD: 1 };
const SPEC: SweepSpecInput = {
  name: 'table 1',
  dataset: 'coco',
  base: { encoder: { kind: 'scenes-cnn' }, decode: { beam: 3 } },
  grid: { 'model.attention.kind': ['none', 'mlp'] },
  seeds: [1, 2],
};

const ENGINE = {
  name: 'libtorch',
  version: 'libtorch 1.13.0',
  device: 'cpu',
  threads: 1,
  blas: 'OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH Haswell MAX_THREADS=64',
};

function tableOf(
  change: (trial: ResultTrial, index: number) => Partial<ResultTrial>,
  overrides: Partial<SweepSpecInput> = {},
) {
  const checked = checkSweep({ ...SPEC, ...overrides });
  if (!checked.isValid) throw new Error(JSON.stringify(checked.issues));
  const { cells, factors } = expandSweep(checked.spec);
  const trials = cells.map((cell, index) => {
    const trial: ResultTrial = {
      id: `trl_${index + 1}`,
      ...cell,
      status: 'finished',
      scores: SCORES,
      signature: 'refs:5|tok:ptb|v:0.1.0',
      captions: 5000,
      failureCode: null,
      engines: [ENGINE],
    };
    return { ...trial, ...change(trial, index) };
  });
  const { name, dataset, published } = checked.spec;
  return buildResultsTable({ sweep: { id: 'swp_1', name, dataset, factors, published }, trials });
}
const bleu4 =
  (...values: number[]) =>
  (_trial: ResultTrial, index: number) => ({
    scores: { ...SCORES, bleu4: values[index] ?? 0 },
  });

describe('rows', () => {
  test('seeds of one cell are one row with mean and sample standard deviation, times 100', () => {
    const { rows } = tableOf(bleu4(0.3, 0.32, 0.4, 0.4));
    expect(rows.map((row) => row.assignment)).toEqual([
      { 'model.attention.kind': 'none' },
      { 'model.attention.kind': 'mlp' },
    ]);
    expect(rows[0]?.trialIds).toEqual(['trl_1', 'trl_2']);
    expect(rows[0]?.scores.bleu4?.meanTimes100).toBeCloseTo(31, 10);
    expect(rows[0]?.scores.bleu4?.stdTimes100).toBeCloseTo(Math.SQRT2, 10);
    expect(rows[1]?.scores.bleu4?.stdTimes100).toBe(0);
  });

  test('one seed has no standard deviation', () => {
    const { rows } = tableOf(() => ({}), { seeds: [1] });
    expect(rows[0]?.scores.bleu4?.stdTimes100).toBeNull();
  });

  test('a failed seed leaves the mean of the others and is named', () => {
    const { rows, trialsFailed } = tableOf((trial, index) =>
      index === 0
        ? { status: 'failed', scores: null, failureCode: 'loss-not-finite' }
        : bleu4(0, 0.2, 0.4, 0.4)(trial, index),
    );
    expect(rows[0]).toMatchObject({
      seedsFinished: 1,
      seedsTotal: 2,
      missing: ['loss-not-finite'],
    });
    expect(rows[0]?.scores.bleu4?.meanTimes100).toBe(20);
    expect(trialsFailed).toBe(1);
  });

  test('a row without a finished seed has no scores', () => {
    const { rows } = tableOf((_trial, index) =>
      index < 2 ? { status: index === 0 ? 'training' : 'queued', scores: null } : {},
    );
    expect(rows[0]?.scores).toEqual({});
    expect(rows[0]?.missing).toEqual(['running']);
  });
});

describe('best', () => {
  const kinds = ['none', 'dot', 'mlp'];
  const best = (...values: number[]) =>
    tableOf(bleu4(...values), {
      seeds: [1],
      grid: { 'model.attention.kind': kinds.slice(0, values.length) },
    }).rows.map((row) => row.scores.bleu4?.isBest);

  test('is the highest mean of the column', () => {
    expect(best(0.3, 0.4)).toEqual([false, true]);
  });

  test('is shared by what is equal in print', () => {
    expect(best(0.34341, 0.34339, 0.2)).toEqual([true, true, false]);
    expect(best(0.3434, 0.3436)).toEqual([false, true]);
  });

  test('is nobody where no row is better than another', () => {
    expect(best(0, 0)).toEqual([false, false]);
    expect(best(0.34341, 0.34339)).toEqual([false, false]);
    expect(best(0.3)).toEqual([false]);
  });
});

describe('published scores', () => {
  const published: PublishedRow[] = [
    {
      source: 'Bazzani et al. 2018, Table 2, MLP',
      match: { 'model.attention.kind': 'mlp', 'decode.beam': 3 },
      scores: { bleu4: 0.363 },
    },
  ];

  test('stand beside the cell whose resolved spec agrees, also on what the grid does not vary', () => {
    const { rows } = tableOf(bleu4(0.3, 0.3, 0.36, 0.368), { published });
    expect(rows.map((row) => row.published)).toEqual([null, 'Bazzani et al. 2018, Table 2, MLP']);
    expect(rows[1]?.scores.bleu4?.deltaTimes100).toBeCloseTo(0.1, 10);
    expect(rows[1]?.scores.ciderD?.deltaTimes100).toBeNull();
  });

  test('do not stand beside a cell that differs in anything', () => {
    const [row] = published;
    const other = row === undefined ? [] : [{ ...row, match: { ...row.match, 'decode.beam': 5 } }];
    const { rows } = tableOf(() => ({}), { published: other });
    expect(rows.map((of) => of.published)).toEqual([null, null]);
  });
});

describe('heads and caption', () => {
  test('columns are grouped as in a paper', () => {
    const { columns } = tableOf(() => ({}));
    expect(columns.map(({ group, label, decimals }) => `${group} ${label} ${decimals}`)).toEqual([
      'BLEU B@1 1',
      'BLEU B@2 1',
      'BLEU B@3 1',
      'BLEU B@4 1',
      'Other ROUGE-L 1',
      'Other CIDEr-D 1',
    ]);
  });

  test('factors have short labels, and whole paths where those would be the same', () => {
    const { factors } = tableOf(() => ({}), {
      grid: {
        'model.attention.kind': ['none'],
        'model.weightNorm': [true],
        'data.maxWords': [20],
        'decode.maxWords': [20],
      },
    });
    expect(factors.map((factor) => factor.label)).toEqual([
      'attention',
      'weight norm',
      'data.maxWords',
      'decode.maxWords',
    ]);
  });

  test('the caption says what a reader needs to compare it', () => {
    expect(tableOf(() => ({})).caption).toBe(
      'Dataset coco, test split (5000 images). Decoding: beam 3, per_step length normalisation, ' +
        'alpha 1, beta 0, at most 30 words. Scores times 100, mean over 2 seeds (1, 2). ' +
        'Signature: refs:5|tok:ptb|v:0.1.0. ' +
        'Engine: libtorch 1.13.0 (OpenBLAS 0.3.21), cpu, 1 thread.',
    );
  });

  test('decoding that is a factor is left to the table, missing trials are counted', () => {
    const { caption } = tableOf(
      (_trial, index) => (index === 0 ? { status: 'training', scores: null } : {}),
      { grid: { 'decode.beam': [1, 3] }, seeds: [4] },
    );
    expect(caption).not.toContain('beam');
    expect(caption).toContain('one seed (4). 1 of 2 trials have no result.');
  });

  test('different engines are named, those of unfinished trials are left out', () => {
    const wasm = { name: 'wasm', version: 'tfjs-backend-wasm 4.22.0', device: 'cpu', blas: null };
    const { caption } = tableOf((_trial, index) => ({
      engines: [index === 0 ? ENGINE : { ...wasm, threads: index }],
      ...(index > 1 ? { status: 'failed' as const } : {}),
    }));
    expect(caption).toContain(
      'Different engines: libtorch 1.13.0 (OpenBLAS 0.3.21), cpu, 1 thread; ' +
        'tfjs-backend-wasm 4.22.0, cpu, 1 thread.',
    );
  });

  test('different signatures are named, not mixed silently', () => {
    const { caption, signatures } = tableOf((_trial, index) => ({ signature: `v:${index % 2}` }));
    expect(signatures).toEqual(['v:0', 'v:1']);
    expect(caption).toContain('Different signatures: v:0; v:1.');
  });
});
