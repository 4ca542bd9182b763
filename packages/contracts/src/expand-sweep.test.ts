import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandSweep, MAX_CELLS, SweepTooLargeError } from './expand-sweep.js';
import { trainingKey } from './keys.js';
import { SweepSpec, type SweepSpecInput } from './sweep-spec.js';

const NO_DIGESTS = { datasetDigest: null, encoderDigest: null, vectorsDigest: null };

function expand(spec: Partial<SweepSpecInput>) {
  const base = { encoder: { kind: 'scenes-cnn' }, ...spec.base };
  return expandSweep(SweepSpec.parse({ name: 'x', dataset: 'scenes', ...spec, base }));
}

describe('expandSweep', () => {
  test('the grid of the demo gives 24 trials of 8 trainings', () => {
    const { cells, dropped } = expand({
      grid: {
        'model.attention.kind': ['none', 'dot', 'multihead', 'mlp'],
        'model.weightNorm': [false, true],
        'decode.beam': [1, 3, 5],
      },
    });
    const trainings = new Set(cells.map((cell) => trainingKey(cell.spec.training, NO_DIGESTS)));
    expect(cells).toHaveLength(24);
    expect(trainings.size).toBe(8);
    expect(dropped).toEqual([]);
  });

  test('factors vary slowest first, seeds fastest', () => {
    const { cells } = expand({
      grid: { 'model.weightNorm': [false, true], 'decode.beam': [1, 3] },
      seeds: [1, 2],
    });
    expect(cells.map((c) => [c.assignment['model.weightNorm'], c.assignment['decode.beam'], c.seed])).toEqual([
      [false, 1, 1], [false, 1, 2], [false, 3, 1], [false, 3, 2],
      [true, 1, 1], [true, 1, 2], [true, 3, 1], [true, 3, 2],
    ]); // prettier-ignore
  });

  test('zipped factors vary together and cross with the grid', () => {
    const { cells } = expand({
      grid: { 'decode.beam': [1, 3] },
      zip: [{ 'model.hidden': [64, 128], 'model.embed': [32, 64] }],
    });
    expect(cells.map(({ spec }) => spec)).toMatchObject([
      { decode: { beam: 1 }, training: { model: { hidden: 64, embed: 32 } } },
      { decode: { beam: 1 }, training: { model: { hidden: 128, embed: 64 } } },
      { decode: { beam: 3 }, training: { model: { hidden: 64, embed: 32 } } },
      { decode: { beam: 3 }, training: { model: { hidden: 128, embed: 64 } } },
    ]);
  });

  test('a rule sets values and adds factors for the cells that it names only', () => {
    const { cells } = expand({
      grid: { 'model.attention.kind': ['mlp', 'multihead'] },
      when: [
        {
          if: { 'model.attention.kind': 'multihead' },
          set: { 'model.hidden': 64 },
          grid: { 'model.attention.heads': [4, 8] },
        },
      ],
    });
    expect(cells.map(({ spec }) => spec.training.model)).toMatchObject([
      { hidden: 512, attention: { heads: 8 } },
      { hidden: 64, attention: { heads: 4 } },
      { hidden: 64, attention: { heads: 8 } },
    ]);
    expect(cells[0]?.assignment).toEqual({ 'model.attention.kind': 'mlp' });
    expect(cells[1]?.assignment).toEqual({
      'model.attention.kind': 'multihead',
      'model.attention.heads': 4,
    });
  });

  test('a rule sees defaults that the spec does not write out', () => {
    const { cells, dropped } = expand({
      grid: { 'model.weightNorm': [false, true] },
      exclude: [{ 'decode.beam': 5, 'model.weightNorm': true }],
    });
    expect(cells).toHaveLength(1);
    expect(dropped).toEqual([
      {
        assignment: { 'model.weightNorm': true },
        seed: 1,
        reason: 'excluded',
        cause: 'matches the exclude rule decode.beam=5, model.weightNorm=true',
        message: 'matches the exclude rule decode.beam=5, model.weightNorm=true',
        issues: [],
      },
    ]);
  });

  test('of seeds whose ensembles share a training the first stays', () => {
    const { cells, dropped } = expand({
      grid: { 'decode.ensemble': [1, 2] },
      seeds: [1, 2, 3],
    });
    const seedsOf = (ensemble: number) =>
      cells.filter(({ spec }) => spec.decode.ensemble === ensemble).map(({ seed }) => seed);
    expect(seedsOf(1)).toEqual([1, 2, 3]);
    expect(seedsOf(2)).toEqual([1, 3]);
    const message =
      'with decode.ensemble 2 the seeds must be at least 2 apart: seeds 1 and 2 share the training of seed 2; use e.g. [1, 3, 5]';
    expect(dropped).toEqual([
      {
        assignment: { 'decode.ensemble': 2 },
        seed: 2,
        reason: 'invalid',
        cause: message,
        message,
        issues: [{ path: 'seeds', value: '2', message }],
      },
    ]);
  });

  test('a seed that was left out of one cell does not come back with its twin', () => {
    const { cells } = expand({
      base: { decode: { ensemble: 2 } },
      grid: { 'model.attention.heads': [4, 8] },
      seeds: [1, 2],
    });
    expect(cells.map(({ seed }) => seed)).toEqual([1]);
  });

  test('the last member of an ensemble has a seed that numbers can hold', () => {
    const last = Number.MAX_SAFE_INTEGER;
    const ensemble = (seeds: number[]) => expand({ base: { decode: { ensemble: 2 } }, seeds });
    expect(ensemble([last - 1]).dropped).toEqual([]);
    expect(ensemble([last]).dropped).toMatchObject([
      { reason: 'invalid', message: 'the largest seed of an ensemble of 2 is 9007199254740990' },
    ]);
  });

  test('values that are only wrong together drop their cell with the reason', () => {
    const { cells, dropped } = expand({
      grid: { 'model.attention.kind': ['mlp', 'multihead'], 'model.hidden': [100, 128] },
    });
    expect(cells).toHaveLength(3);
    const fault = 'model.hidden (100) must be a multiple of model.attention.heads (8)';
    expect(dropped).toEqual([
      {
        assignment: { 'model.attention.kind': 'multihead', 'model.hidden': 100 },
        seed: 1,
        reason: 'invalid',
        cause: `model.attention.heads: ${fault}`,
        message: `model.attention.heads is 8: ${fault}`,
        issues: [{ path: 'model.attention.heads', value: '8', message: fault }],
      },
    ]);
  });

  test('cells that differ in an option nobody reads are duplicates', () => {
    const { cells, dropped } = expand({ grid: { 'model.attention.heads': [4, 8] } });
    expect(cells).toHaveLength(1);
    expect(dropped[0]?.reason).toBe('duplicate');
    expect(dropped[0]?.message).toBe(
      'the same trial as model.attention.heads=4, seed 1: model.attention.heads makes no difference here',
    );
  });

  test('duplicates of different trials have the same cause', () => {
    const { dropped } = expand({
      grid: { 'model.hidden': [64, 128], 'model.attention.heads': [4, 8] },
      seeds: [1, 2],
    });
    expect(new Set(dropped.map(({ message }) => message)).size).toBe(4);
    expect(new Set(dropped.map(({ cause }) => cause))).toEqual(
      new Set(['model.attention.heads makes no difference here']),
    );
  });

  test('a cell that is named twice is a duplicate of itself', () => {
    const { dropped } = expand({ grid: { 'decode.beam': [3, 3] } });
    expect(dropped).toMatchObject([
      {
        reason: 'duplicate',
        cause: 'the sweep names it twice',
        message: 'the same trial as decode.beam=3, seed 1: the sweep names it twice',
      },
    ]);
  });

  test('a cell that differs in what its decoder does not have is a duplicate, and says so', () => {
    const { cells, dropped } = expand({
      grid: { 'model.decoder': ['arnn', 'fcn'], 'model.kernel': [3, 5] },
    });
    expect(cells.map(({ spec }) => spec.training.model)).toMatchObject([
      { decoder: 'arnn' },
      { decoder: 'fcn', kernel: 3 },
      { decoder: 'fcn', kernel: 5 },
    ]);
    expect(dropped.map(({ message }) => message)).toEqual([
      'the same trial as model.decoder=arnn, model.kernel=3, seed 1: the decoder arnn has no model.kernel',
    ]);
  });

  test('a decoder leaves out what only another has within an option of both', () => {
    const { cells, dropped } = expand({
      base: { encoder: { kind: 'scenes-cnn' }, model: { attention: { kind: 'dot' } } },
      grid: { 'model.decoder': ['arnn', 'tanh-rnn'], 'model.attention.usePreviousWord': [true] },
    });
    expect(cells.map(({ spec }) => spec.training.model)).toMatchObject([
      { decoder: 'arnn', attention: { kind: 'dot', usePreviousWord: true } },
      { decoder: 'tanh-rnn', attention: { kind: 'dot', isScaled: false } },
    ]);
    expect(dropped).toEqual([]);
  });

  test('a preset lies below the base, and the base below the factors', () => {
    const { cells } = expand({
      preset: 'paper',
      base: { encoder: { kind: 'scenes-cnn' }, schedule: { plateau: { factor: 0.5 } } },
      grid: { 'model.decoder': ['sat', 'arnn'], 'decode.beam': [3] },
    });
    expect(cells.map(({ spec }) => spec)).toMatchObject([
      { training: { model: { decoder: 'sat', postprocess: 'drn' } }, decode: { beam: 3 } },
      { training: { model: { decoder: 'arnn', concatGlobal: false } }, decode: { beam: 3 } },
    ]);
    expect(cells[0]?.spec.training.schedule.plateau).toMatchObject({ factor: 0.5, patience: 3 });
  });

  test.each([
    [{}, {}, 4096],
    [{ batchSize: 32 }, {}, null],
    [{}, { 'schedule.batchSize': [32] }, null],
    // Both given: words go first, as without a preset.
    [{ batchSize: 32, batchWords: 600 }, {}, 600],
    [{ batchSize: 32 }, { 'schedule.batchWords': [600] }, 600],
  ])(
    'captions of a batch take the place of the words of a preset: %j with the factor %j',
    (schedule, grid, batchWords) => {
      const base = { encoder: { kind: 'scenes-cnn' }, schedule };
      const [cell] = expand({ preset: 'sockeye57', base, grid }).cells;
      expect(cell?.spec.training.schedule.batchWords).toBe(batchWords);
    },
  );

  test('a sweep of too many cells is refused before it fills the memory', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    const huge = { 'decode.beam': values, 'decode.maxWords': values, 'schedule.maxEpochs': values };
    expect(() => expand({ grid: huge })).toThrow(SweepTooLargeError);
    expect(MAX_CELLS).toBe(20_000);
  });

  test('the limit counts the cells of all drafts that a rule grows', () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
    const grow = (maxWords: number) =>
      expand({
        grid: { 'decode.beam': values(100) },
        when: [{ if: { 'decode.split': 'test' }, grid: { 'decode.maxWords': values(maxWords) } }],
        seeds: [1, 2],
      });
    expect(grow(100).cells).toHaveLength(20_000);
    expect(() => grow(101)).toThrow('the sweep has 20200 cells or more');
  }, 30_000); // a second of work, on a machine that may have other work

  test('the limit counts seeds that no factor crosses', () => {
    const spec = SweepSpec.parse({ name: 'x', dataset: 'scenes' });
    const seeds = Array.from({ length: 20_001 }, (_, index) => index);
    expect(() => expandSweep({ ...spec, seeds })).toThrow(SweepTooLargeError);
  });

  test('cells of one draft differ in nothing but the seed', () => {
    const { cells } = expand({ seeds: [3, 1] });
    expect(cells.map((cell) => [cell.seed, cell.spec.training.seed])).toEqual([[3, 3], [1, 1]]); // prettier-ignore
    expect(cells[0]?.spec.training.model).toEqual(cells[1]?.spec.training.model);
  });

  test('every cell is kept or dropped, and no two kept cells are the same trial', () => {
    const beams = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
    const hiddens = fc.array(fc.constantFrom(64, 100, 128), { minLength: 1, maxLength: 3 });
    const kinds = fc.array(fc.constantFrom('mlp', 'multihead'), { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(beams, hiddens, kinds, (beam, hidden, kind) => {
        const grid = { 'decode.beam': beam, 'model.hidden': hidden, 'model.attention.kind': kind };
        const { cells, dropped } = expand({ grid });
        const specs = new Set(cells.map((cell) => JSON.stringify(cell.spec)));
        return (
          cells.length + dropped.length === beam.length * hidden.length * kind.length &&
          specs.size === cells.length
        );
      }),
    );
  });
});
