import { describe, expect, test } from 'vitest';
import { describeFamily } from '../testing/describe-family.js';
import { sizesOf, tinySpec, tinyTask } from '../testing/tiny-task.js';
import { captionerParameters } from './create-captioner.js';

describeFamily('what all families share', {
  cases: [
    { name: 'features scaled and l2', model: { featureScale: 3, featureNorm: 'l2' } },
    { name: 'layer norm twice', model: { featureNorm: 'layernorm', regionNorm: 'layernorm' } },
    { name: 'batch norm, regions l2', model: { featureNorm: 'batchnorm', regionNorm: 'l2' } },
    { name: 'every matrix normalised', model: { weightNorm: 'all', global: 'paper' } },
    { name: 'tied, every matrix normalised', model: { tieEmbedding: true, weightNorm: 'all' } },
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

  test.each([false, true])(
    'every matrix but the tables gets one scale a unit, tied: %s',
    (tieEmbedding) => {
      const names = namesOf({ weightNorm: 'all', tieEmbedding });
      expect(names).toEqual(
        expect.arrayContaining([
          'lstm.input.unitScale',
          'image.projection.unitScale',
          'output.scale',
        ]),
      );
      expect(names).not.toContain('embedding.unitScale');
      expect(names).not.toContain('output.weight.unitScale');
      expect(names).not.toContain('output.scale.unitScale');
    },
  );
});
