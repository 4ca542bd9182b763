import {
  checkSweep,
  expandSweep,
  SCORE_NAMES,
  type MeasuredScores,
  type PublishedRow,
  type Scores,
  type SweepSpecInput,
} from '@capgrid/contracts';
import { describe, expect, test } from 'vitest';
import { METRIC_KEYS } from '@capgrid/metrics';
import { measuredOf } from '../testing/fixtures.js';
import { buildResultsTable, type ResultTrial } from './build-results-table.js';

const SCORES: Scores = { bleu1: 0.7, bleu2: 0.5, bleu3: 0.4, bleu4: 0.3, rougeL: 0.55, ciderD: 1 };
const FIELDS = 'v:1|refs:5-3c4d|images:5000-1a2b';
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
      scores: measuredOf(SCORES, FIELDS),
      captions: 5000,
      failureCode: null,
      engines: [ENGINE],
      predictionsSha256: null,
    };
    return { ...trial, ...change(trial, index) };
  });
  const { name, dataset } = checked.spec;
  const published = checked.spec.published.filter((row) => typeof row !== 'string');
  return buildResultsTable({ sweep: { id: 'swp_1', name, dataset, factors, published }, trials });
}
const bleu4 =
  (...values: number[]) =>
  (_trial: ResultTrial, index: number) => ({
    scores: measuredOf({ ...SCORES, bleu4: values[index] ?? 0 }, FIELDS),
  });

describe('rows', () => {
  test('seeds of one cell are one row with mean and sample standard deviation, times 100', () => {
    const { rows } = tableOf(bleu4(0.3, 0.32, 0.4, 0.4));
    expect(rows.map((row) => row.assignment)).toEqual([
      { 'model.attention.kind': 'none' },
      { 'model.attention.kind': 'mlp' },
    ]);
    expect(rows[0]?.trialIds).toEqual(['trl_1', 'trl_2']);
    expect(rows[0]?.scores.bleu4?.mean).toBeCloseTo(31, 10);
    expect(rows[0]?.scores.bleu4?.std).toBeCloseTo(Math.SQRT2, 10);
    expect(rows[1]?.scores.bleu4?.std).toBe(0);
  });

  test('one seed has no standard deviation', () => {
    const { rows } = tableOf(() => ({}), { seeds: [1] });
    expect(rows[0]?.scores.bleu4?.std).toBeNull();
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
    expect(rows[0]?.scores.bleu4?.mean).toBe(20);
    expect(trialsFailed).toBe(1);
  });

  test('a row without a finished seed has no scores', () => {
    const { rows } = tableOf((_trial, index) =>
      index < 2 ? { status: index === 0 ? 'training' : 'queued', scores: null } : {},
    );
    expect(rows[0]?.scores).toEqual({});
    expect(rows[0]?.missing).toEqual(['running', 'queued']);
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
    expect(rows[1]?.scores.bleu4?.delta).toBeCloseTo(0.1, 10);
    expect(rows[1]?.scores.ciderD?.delta).toBeNull();
  });

  test('do not stand beside a cell that differs in anything', () => {
    const [row] = published;
    const other = row === undefined ? [] : [{ ...row, match: { ...row.match, 'decode.beam': 5 } }];
    const { rows } = tableOf(() => ({}), { published: other });
    expect(rows.map((of) => of.published)).toEqual([null, null]);
  });

  test('of two that agree with a cell, the one that says more stands beside it', () => {
    const broad = { source: 'Best', match: { 'decode.beam': 3 }, scores: { bleu4: 0.3 } };
    const { rows } = tableOf(() => ({}), { published: [broad, ...published] });
    expect(rows.map((row) => row.published)).toContain('Bazzani et al. 2018, Table 2, MLP');
  });

  test('are rows of their own where no cell is beside them, in the units of the columns', () => {
    const method = {
      source: 'Up-down, Table 4',
      match: null,
      scores: { bleu4: 0.363 },
      note: 'a ResNet baseline.',
    };
    const absent = { source: 'SAT', match: { 'model.decoder': 'sat' }, scores: { bleu4: 0.278 } };
    const told = { source: 'GRU, in the text', match: null, scores: {}, note: '.002 less.' };
    const { rows, printed, publishedNotes } = tableOf(bleu4(0.3, 0.3, 0.36, 0.368), {
      published: [...published, method, absent, told],
    });
    expect(rows[1]?.published).toBe('Bazzani et al. 2018, Table 2, MLP');
    expect(publishedNotes).toEqual([
      'Up-down, Table 4: a ResNet baseline. GRU, in the text: .002 less.',
    ]);
    expect(printed).toEqual([
      { source: 'Up-down, Table 4', scores: { bleu4: 36.3 } },
      { source: 'SAT', scores: { bleu4: expect.closeTo(27.8, 10) } },
    ]);
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
      'Quality ROUGE-L 1',
      'Quality CIDEr-D 1',
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
        'Signature: v:1|refs:5-3c4d|images:5000-1a2b. ' +
        'Engine: libtorch 1.13.0 (OpenBLAS 0.3.21), cpu, 1 thread.',
    );
  });

  test('the caption counts one image as one', () => {
    const counted = (...captions: number[]) =>
      tableOf((_trial, index) => ({ captions: captions[index] ?? 1 })).caption;
    expect(counted(1)).toContain('test split (1 image).');
    expect(counted(2, 1)).toContain('test split (1 or 2 images).');
  });

  test('decoding that is a factor is left to the table, missing trials are counted', () => {
    const { caption } = tableOf(
      (_trial, index) => (index === 0 ? { status: 'training', scores: null } : {}),
      { grid: { 'decode.beam': [1, 3] }, seeds: [4] },
    );
    expect(caption).not.toContain('beam');
    expect(caption).toContain('one seed (4). 1 of 2 trials have no result.');
  });

  test('retrieval, which searches nothing, says nothing of decoding', () => {
    const base = { encoder: { kind: 'scenes-cnn' } };
    const looked = { base, grid: { 'model.decoder': ['retrieval'] } };
    expect(tableOf(() => ({}), looked).caption).not.toContain('Decoding');
    const both = { base, grid: { 'model.decoder': ['retrieval', 'nic'] } };
    expect(tableOf(() => ({}), both).caption).toContain(
      'Decoding (not of retrieval): beam 5, per_step',
    );
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

  test('what a score has of its own is named with it, what all share once', () => {
    const own: Record<string, string> = { ciderD: `CIDEr-D|${FIELDS}|idf:test-references` };
    const { caption } = tableOf(({ scores }) => ({ scores: withSignatures(scores, own) }));
    expect(caption).toContain(
      'Signature: v:1|refs:5-3c4d|images:5000-1a2b; CIDEr-D idf:test-references.',
    );
  });

  test('lengths and counts are printed as they are, shares times 100, and nothing is best of length', () => {
    const { columns, rows, caption } = tableOf(
      (_trial, index) => ({
        scores: measuredOf({ averageLength: 9 + index, badEndings: 0.1 * index }, FIELDS),
      }),
      { seeds: [1] },
    );
    expect(columns.map(({ label, unit, isPrimary }) => [label, unit, isPrimary])).toEqual([
      ['Length', 'plain', false],
      ['Bad endings', 'percent', false],
    ]);
    expect(rows.map(({ scores }) => scores.averageLength)).toMatchObject([
      { mean: 9, isBest: false },
      { mean: 10, isBest: false },
    ]);
    expect(rows.map(({ scores }) => scores.badEndings)).toMatchObject([
      { mean: 0, isBest: true },
      { mean: 10, isBest: false },
    ]);
    expect(caption).toContain('Quality and shares times 100, one seed (1).');
  });

  test('the interval over images stands beside a single seed only', () => {
    const interval = { low: 0.25, high: 0.35 };
    const withInterval = () => ({
      scores: { bleu4: { value: 0.3, signature: `BLEU-4|${FIELDS}`, interval } },
    });
    const { rows } = tableOf(withInterval, { seeds: [1] });
    expect(rows[0]?.scores.bleu4?.interval).toEqual({ low: 25, high: 35 });
    expect(tableOf(withInterval).rows[0]?.scores.bleu4?.interval).toBeNull();
  });

  test('the names of scores are the keys of the metrics, in their order', () => {
    expect(SCORE_NAMES).toEqual(METRIC_KEYS);
  });
});

function withSignatures(
  scores: MeasuredScores | null,
  signatures: Record<string, string>,
): MeasuredScores {
  const entries = Object.entries(scores ?? {});
  return Object.fromEntries(
    entries.map(([name, score]) => [
      name,
      { ...score, signature: signatures[name] ?? score.signature },
    ]),
  );
}

describe('different signatures', () => {
  const METEOR = { value: 0.3, interval: null };
  const signed = (signature: string) => ({ scores: { meteor: { ...METEOR, signature } } });
  const PLAIN = `METEOR (exact, stem, synonym)|${FIELDS}`;
  const WHOLE = `METEOR|${FIELDS}|par:abc`;

  test('of the seeds of one row are not averaged', () => {
    const { rows, columns } = tableOf((_trial, index) => signed(index === 0 ? PLAIN : WHOLE));
    expect(rows[0]?.scores.meteor).toBeUndefined();
    expect(rows[0]?.mixed.meteor).toEqual([PLAIN, WHOLE]);
    expect(rows[1]?.scores.meteor?.signature).toBe(WHOLE);
    expect(columns[0]?.comparable).toEqual([{ signature: WHOLE, label: 'METEOR', rows: [1] }]);
  });

  test('of a score that one seed lacks are not averaged either', () => {
    const { rows } = tableOf((_trial, index) =>
      index === 0 ? { scores: measuredOf({ bleu1: 0.5 }, FIELDS) } : signed(PLAIN),
    );
    expect(rows[0]?.mixed.meteor).toEqual(['not measured', PLAIN]);
  });

  test('of the rows of one column leave no best mark and are named with their rows', () => {
    const { rows, columns } = tableOf(
      (_trial, index) => ({
        scores: {
          meteor: { value: index / 10, interval: null, signature: index < 1 ? PLAIN : WHOLE },
        },
      }),
      { seeds: [1], grid: { 'model.attention.kind': ['none', 'dot', 'mlp'] } },
    );
    expect(rows.map((row) => row.scores.meteor?.isBest)).toEqual([false, false, false]);
    expect(columns).toMatchObject([
      {
        label: 'METEOR',
        comparable: [
          { signature: PLAIN, label: 'METEOR (exact, stem, synonym)', rows: [0] },
          { signature: WHOLE, label: 'METEOR', rows: [1, 2] },
        ],
        note: null,
      },
    ]);
  });

  test('arise from other splits, also where an old signature does not name its images', () => {
    const old = { value: 0.3, interval: null, signature: 'refs:5|tok:dataset|v:0.1.0' };
    const { columns } = tableOf(() => ({ scores: { bleu4: old } }), {
      grid: { 'decode.split': ['val', 'test'] },
      seeds: [1],
    });
    expect(columns[0]?.comparable).toMatchObject([
      { signature: 'refs:5|tok:dataset|v:0.1.0|split:val|images:5000', rows: [0] },
      { signature: 'refs:5|tok:dataset|v:0.1.0|split:test|images:5000', rows: [1] },
    ]);
  });

  test('a heading says which METEOR it is, and no difference to a published one is shown', () => {
    const published: PublishedRow[] = [
      { source: 'Somebody 2018', match: { 'decode.beam': 3 }, scores: { meteor: 0.27 } },
    ];
    const { rows, columns } = tableOf(() => signed(PLAIN), { published });
    expect(columns[0]?.label).toBe('METEOR (exact, stem, synonym)');
    expect(rows[0]?.scores.meteor?.delta).toBeNull();
    expect(columns[0]?.note).toBe(
      'METEOR (exact, stem, synonym) is not the published METEOR, so no difference is shown.',
    );
    const whole = tableOf(() => signed(WHOLE), { published });
    expect(whole.rows[0]?.scores.meteor?.delta).toBeCloseTo(3, 10);
    expect(whole.columns[0]?.note).toBeNull();
  });
});
