import { describe, expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { describeFamily } from '../testing/describe-family.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { sizeOf } from '../parameters.js';
import { captionerParameters } from './create-captioner.js';

describeFamily('what all families share', {
  cases: [
    { name: 'features scaled and l2', model: { featureScale: 3, featureNorm: 'l2' } },
    { name: 'layer norm twice', model: { featureNorm: 'layernorm', regionNorm: 'layernorm' } },
    { name: 'batch norm, regions l2', model: { featureNorm: 'batchnorm', regionNorm: 'l2' } },
    { name: 'every matrix normalised', model: { weightNorm: 'all', global: 'paper' } },
    { name: 'tied, no global', model: { tieEmbedding: true, weightNorm: true, global: 'none' } },
    ...[
      { decoder: 'arnn', concatGlobal: false, initialState: 'mean' },
      { decoder: 'sat', heads: 2, feedForward: 8 },
      { decoder: 'fcn', kernel: 2 },
      { decoder: 'tanh-rnn', attention: { kind: 'dot' }, global: 'code' },
      { decoder: 'show-attend-tell', attentionHidden: 8, projectsRegions: true, global: 'paper' },
    ].map((model) => ({
      name: `${model.decoder}, a global descriptor that nothing reads`,
      model: { ...model, globalInMemory: false },
    })),
  ],
  overfit: [
    {
      name: 'batch norm, every matrix normalised',
      model: { featureNorm: 'batchnorm', weightNorm: 'all' },
      steps: 240,
      learningRate: 0.02,
    },
  ],
});

describe('plans', () => {
  const namesOf = (model: Record<string, unknown>): string[] =>
    captionerParameters(tinySpec({ model }).model, sizesOf(tinyTask(2))).map(({ name }) => name);

  test('a tied model has no output matrix of its own', () => {
    expect(namesOf({ tieEmbedding: true })).not.toContain('output.weight');
    const { model } = tinySpec({ model: { embed: 12 } });
    const unchecked = { ...model, tieEmbedding: true };
    expect(() => captionerParameters(unchecked, sizesOf(tinyTask(2)))).toThrow(
      'they are [8, 12] and [8, 8]. Set model.embed to that width.',
    );
  });

  test('every matrix but the tables gets one scale a unit', () => {
    const names = namesOf({ weightNorm: 'all' });
    expect(names).toEqual(
      expect.arrayContaining([
        'lstm.input.unitScale',
        'image.projection.unitScale',
        'output.scale',
      ]),
    );
    expect(names).not.toContain('embedding.unitScale');
    expect(names).not.toContain('output.weight.unitScale');
  });

  test.each(['nic', 'up-down', 'arnn'])(
    'every matrix of %s starts uniform as in im2txt',
    (decoder) => {
      const { model } = tinySpec({ model: { decoder, init: 'uniform' } });
      const matrices = captionerParameters(model, sizesOf(tinyTask(2))).filter(
        ({ shape: [rows = 0, columns = 0] }) => rows * columns > 8,
      );
      expect(matrices.length).toBeGreaterThan(3);
      for (const { name, shape, start } of matrices) {
        const values = start(Rng.from(1), sizeOf(shape));
        const largest = Math.max(...values.map(Math.abs));
        expect(largest, name).toBeLessThanOrEqual(0.08);
        expect(largest, name).toBeGreaterThan(0.06);
      }
    },
  );

  test('the start follows model.init', () => {
    const largest = (init: string): number => {
      const plans = captionerParameters(tinySpec({ model: { init } }).model, sizesOf(tinyTask(2)));
      const plan = plans.find(({ name }) => name === 'hidden.weight'); // [16, 8]
      const values = plan?.start(Rng.from(1), 16 * 8) ?? new Float32Array();
      return Math.max(...values.map(Math.abs));
    };
    for (const [init, bound] of [
      ['xavier-in', Math.sqrt(2.34 / 16)],
      ['xavier-average', Math.sqrt(6 / 24)],
      ['uniform', 0.08],
    ] as const) {
      expect(largest(init)).toBeLessThanOrEqual(bound);
      expect(largest(init)).toBeGreaterThan(0.9 * bound);
    }
  });
});
