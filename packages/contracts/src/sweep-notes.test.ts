import { describe, expect, test } from 'vitest';
import { expandSweep } from './expand-sweep.js';
import { SweepSpec, type SweepSpecInput } from './sweep-spec.js';

function expand(spec: Partial<SweepSpecInput>) {
  const base = { encoder: { kind: 'scenes-cnn' }, ...spec.base };
  return expandSweep(SweepSpec.parse({ name: 'x', dataset: 'scenes', ...spec, base }));
}

function notedPaths(spec: Partial<SweepSpecInput>): string[] {
  return expand(spec).notes.map(({ path }) => path);
}

describe('options that no trial reads', () => {
  test.each([
    [{ decode: { temperature: 0.5 } }, ['decode.temperature']],
    // The default too: who writes it counts on it.
    [{ decode: { method: 'sample', beam: 5 } }, ['decode.beam']],
    [{ decode: { method: 'greedy', beam: 5, nBest: 3 } }, ['decode.beam', 'decode.nBest']],
    [{ decode: { norm: 'sum', lengthPenalty: { alpha: 0.5 } } }, ['decode.lengthPenalty.alpha']],
    [{ decode: { combine: 'log_linear' } }, ['decode.combine']],
    [{ decode: { ensemble: 3, combine: 'log_linear' } }, []],
    [
      { model: { decoder: 'retrieval' }, decode: { ensemble: 3 }, optimizer: { beta1: 0.8 } },
      ['decode.ensemble', 'optimizer.beta1'],
    ],
    [
      { model: { attention: { kind: 'mlp', heads: 4, isScaled: true }, residual: true } },
      ['model.attention.heads', 'model.attention.isScaled', 'model.residual'],
    ],
    [{ model: { attention: { kind: 'multihead', heads: 4 }, layers: 2, residual: true } }, []],
    [
      { model: { decoder: 'show-attend-tell', hard: { entropyWeight: 0.1 } } },
      ['model.hard.entropyWeight'],
    ],
    [{ model: { decoder: 'nic', head: { kind: 'linear', hidden: 64 } } }, ['model.head.hidden']],
    [{ model: { vectors: { trainFrom: 10 } } }, ['model.vectors.trainFrom']],
    [
      { encoder: { kind: 'plan', name: 'x', fineTune: { learningRate: 0.1 } } },
      ['encoder.fineTune.learningRate'],
    ],
    [
      { schedule: { selfCritical: { samples: 3, baseline: 'greedy' } } },
      ['schedule.selfCritical.samples', 'schedule.selfCritical.baseline'],
    ],
    [
      { schedule: { selfCritical: { epochs: 1, baseline: 'beam-mean', temperature: 0.5 } } },
      ['schedule.selfCritical.temperature'],
    ],
  ])('%j', (base, paths) => {
    expect(notedPaths({ base })).toEqual(paths.map((path) => `base.${path}`));
  });

  test('a note names the place and all its values', () => {
    expect(expand({ grid: { 'decode.temperature': [0.5, 1] } }).notes).toEqual([
      {
        path: 'grid.decode.temperature',
        value: '[0.5,1]',
        message: 'no trial reads it beside its other options, so it changes nothing',
      },
    ]);
  });

  test('one trial that reads it is enough, whichever place gives it', () => {
    const base = { decode: { temperature: 0.5 } };
    expect(notedPaths({ base, grid: { 'decode.method': ['beam', 'sample'] } })).toEqual([]);
    const set = { 'model.attention.heads': 4 };
    const grid = { 'model.attention.kind': ['mlp', 'multihead'] };
    const only = (kind: string) => [{ if: { 'model.attention.kind': kind }, set }];
    expect(notedPaths({ grid, when: only('mlp') })).toEqual([]);
    expect(notedPaths({ when: only('mlp') })).toEqual(['when.0.set.model.attention.heads']);
  });

  test('values of a preset are not those of the user', () => {
    const base = { decode: { method: 'sample' } };
    expect(notedPaths({ preset: 'sockeye57', base })).toEqual([]);
  });

  test('without a trial nothing is said of what trials read', () => {
    const base = { decode: { beam: 3, temperature: 0.5 } };
    expect(notedPaths({ base, exclude: [{ 'decode.beam': 3 }] })).toEqual([]);
  });

  test('a number that counts as another is named with it', () => {
    const nBest = (values: number[]) => ({ base: { decode: { beam: 3 } }, grid: { 'decode.nBest': values } }); // prettier-ignore
    expect(expand(nBest([1, 5])).notes).toEqual([
      {
        path: 'grid.decode.nBest',
        value: '[1,5]',
        message: '5 counts as 3 beside the other options',
      },
    ]);
    expect(expand(nBest([1, 3])).notes).toEqual([]);
    const grid = { 'decode.beam': [3, 5] };
    expect(expand({ base: { decode: { nBest: 5 } }, grid }).notes).toEqual([]);
  });
});

describe('lengths beyond learned positions', () => {
  const base = { data: { maxWords: 12 }, model: { decoder: 'fcn', positions: 'learned' } };

  test.each([
    ['decode.maxWords', base],
    ['schedule.selfCritical.maxWords', { ...base, schedule: { selfCritical: { epochs: 1 } } }],
  ])('%s count as the longest caption of the training', (path, options) => {
    const { cells, dropped, notes } = expand({ base: options, grid: { [path]: [5, 12, 40] } });
    expect(cells.map(({ assignment }) => assignment)).toEqual([{ [path]: 5 }, { [path]: 12 }]);
    expect(dropped.map(({ assignment, cause }) => [assignment, cause])).toEqual([
      [{ [path]: 40 }, `${path} makes no difference here`],
    ]);
    expect(expand({ base: options, grid: { [path]: [5, 40] } }).notes).toEqual([
      {
        path: `grid.${path}`,
        value: '[5,40]',
        message: '40 counts as 12 beside the other options',
      },
    ]);
    expect(notes).toEqual([]);
  });
});

describe('rules that match no cell', () => {
  test('are told with their condition', () => {
    const { notes } = expand({
      grid: { 'decode.beam': [1, 3] },
      when: [{ if: { 'model.decoder': 'sat' }, set: { 'decode.maxWords': 20 } }],
      exclude: [{ 'decode.beam': 4 }, { 'decode.beam': 3 }],
    });
    expect(notes).toEqual([
      {
        path: 'when.0.if',
        value: '{"model.decoder":"sat"}',
        message: 'it matches no cell, so the rule changes nothing',
      },
      {
        path: 'exclude.0',
        value: '{"decode.beam":4}',
        message: 'it matches no cell, so the rule changes nothing',
      },
    ]);
  });

  test('a rule that another one forestalls matches all the same', () => {
    const exclude = [{ 'decode.beam': 3 }, { 'decode.beam': 3, 'decode.split': 'test' }];
    expect(notedPaths({ grid: { 'decode.beam': [1, 3] }, exclude })).toEqual([]);
  });
});

describe('levels that a trial does not read', () => {
  test.each([
    [{ 'decode.temperature': [0.5, 1] }, [{}]],
    // The default as well.
    [{ 'decode.temperature': [1, 0.5] }, [{}]],
    [
      { 'decode.method': ['beam', 'sample'], 'decode.beam': [1, 3] },
      [
        { 'decode.method': 'beam', 'decode.beam': 1 },
        { 'decode.method': 'beam', 'decode.beam': 3 },
        { 'decode.method': 'sample' },
      ],
    ],
    [
      { 'model.decoder': ['retrieval', 'nic'], 'model.hidden': [64], 'decode.beam': [3] },
      [
        { 'model.decoder': 'retrieval' },
        { 'model.decoder': 'nic', 'model.hidden': 64, 'decode.beam': 3 },
      ],
    ],
  ])('are not in its row: %j', (grid, rows) => {
    expect(expand({ grid }).cells.map(({ assignment }) => assignment)).toEqual(rows);
  });

  test('of two that undo each other one stays, so that no two trials have one row', () => {
    const base = { model: { concatGlobal: false } };
    const grid = { 'model.global': ['none', 'paper'], 'model.globalInMemory': [false, true] };
    const { cells } = expand({ base, grid, seeds: [1, 2] });
    const names = cells.map(({ assignment, seed }) => JSON.stringify([assignment, seed]));
    expect(cells).toHaveLength(4);
    expect(new Set(names).size).toBe(4);
  });
});
