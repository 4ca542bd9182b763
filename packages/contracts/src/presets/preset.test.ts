import { describe, expect, test } from 'vitest';
import { DECODER_KINDS } from '../model/model-spec.js';
import { TrialSpec } from '../trial-spec.js';
import { PRESET_NAMES, presetOptions } from './preset.js';

function trialOf(name: (typeof PRESET_NAMES)[number], decoder: string) {
  const { decode, model, ...options } = presetOptions(name, decoder);
  return TrialSpec.parse({
    training: {
      ...options,
      dataset: 'scenes',
      encoder: { kind: 'scenes-cnn' },
      model: { decoder, ...model },
    },
    decode,
  });
}

describe.each(PRESET_NAMES)('the preset %s', (name) => {
  test.each(DECODER_KINDS)('is a valid trial of %s', (decoder) => {
    expect(trialOf(name, decoder).training.model.decoder).toBe(decoder);
  });

  test.each(['arnn', 'sat', 'fcn'])('sets nothing that %s does not read', (decoder) => {
    const given = presetOptions(name, decoder);
    expect(Object.keys(given.model).length).toBeGreaterThan(8);
    expect(trialOf(name, decoder)).toMatchObject({
      training: { model: given.model, optimizer: given.optimizer, schedule: given.schedule },
      decode: given.decode,
    });
  });
});

test('the presets differ where sockeye changed its defaults', () => {
  const paper = trialOf('paper', 'sat');
  const sockeye = trialOf('sockeye57', 'sat');
  expect(paper.training).toMatchObject({
    model: { preprocess: '', postprocess: 'drn', layers: 1, dropout: 0, init: 'xavier-in' },
    optimizer: { learningRate: 0.0003, clip: { kind: 'element', value: 1 } },
    schedule: { batchSize: 64, labelSmoothing: 0, plateau: { factor: 0.9, patience: 3 } },
  });
  expect(paper.decode.beam).toBe(5);
  expect(sockeye.training).toMatchObject({
    model: { preprocess: 'n', postprocess: 'dr', layers: 6, dropout: 0.1, init: 'xavier-average' },
    optimizer: { learningRate: 0.0003, clip: { kind: 'none' } },
    schedule: { batchWords: 4096, labelSmoothing: 0.1, plateau: { factor: 0.7, patience: 8 } },
  });
  expect(sockeye.decode).toMatchObject({ beam: 3, norm: 'on_finish' });
});

/**
 * What sockeye's parsers of arguments have as defaults before and from 1.18.11 on, and its captioning
 * tutorial where that sets the option (marked); the paper's text where it does.
 */
const GOLDEN: readonly (readonly [
  decoder: string,
  path: string,
  paper: unknown,
  sockeye57: unknown,
])[] = [
  ['arnn', 'model.layers', 1, 1], // tutorial
  ['arnn', 'model.hidden', 512, 512], // text; tutorial
  ['arnn', 'model.embed', 512, 512],
  ['arnn', 'model.cell', 'lstm', 'lstm'],
  ['arnn', 'model.forgetBias', 0, 0],
  ['arnn', 'model.initialState', 'last', 'zero'], // default; tutorial
  ['arnn', 'model.attention.kind', 'mlp', 'mlp'],
  ['arnn', 'model.dropout', 0, 0.2],
  ['sat', 'model.layers', 1, 6],
  ['sat', 'model.hidden', 512, 512],
  ['sat', 'model.heads', 8, 8],
  ['sat', 'model.feedForward', 2048, 2048],
  ['sat', 'model.preprocess', '', 'n'],
  ['sat', 'model.postprocess', 'drn', 'dr'],
  ['sat', 'model.dropout', 0, 0.1],
  ['sat', 'model.attentionDropout', 0, 0.1],
  ['sat', 'model.activationDropout', 0, 0.1],
  ['fcn', 'model.layers', 1, 6],
  ['fcn', 'model.hidden', 512, 512],
  ['fcn', 'model.kernel', 5, 3],
  ['fcn', 'model.positions', 'learned', 'learned'],
  ['fcn', 'model.dropout', 0, 0.2],
  ['sat', 'model.init', 'xavier-in', 'xavier-average'],
  ['sat', 'model.weightNorm', false, true], // tutorial
  ['sat', 'model.tieEmbedding', false, false],
  ['sat', 'optimizer.kind', 'adam', 'adam'],
  ['sat', 'optimizer.learningRate', 0.0003, 0.0003], // tutorial
  ['sat', 'optimizer.clip', { kind: 'element', value: 1 }, { kind: 'none', value: 1 }],
  ['sat', 'schedule.batchSize', 64, 64],
  ['sat', 'schedule.batchWords', null, 4096],
  ['sat', 'schedule.bucketWidth', 10, 5], // tutorial
  ['sat', 'schedule.fillUp', 'replicate', 'replicate'],
  ['sat', 'schedule.labelSmoothing', 0, 0.1],
  ['sat', 'schedule.lossNormalisation', 'words', 'words'],
  ['sat', 'schedule.plateau.factor', 0.9, 0.7], // text
  ['sat', 'schedule.plateau.patience', 3, 8],
  ['sat', 'schedule.checkpointEvery', 1000, 200], // tutorial
  ['sat', 'schedule.stopAfter', 8, 32],
  ['sat', 'data.maxWords', 100, 60], // tutorial
  ['sat', 'decode.beam', 5, 3], // default; tutorial
  ['sat', 'decode.norm', 'per_step', 'on_finish'],
  ['sat', 'decode.lengthPenalty', { alpha: 1, beta: 0 }, { alpha: 1, beta: 0 }],
  ['sat', 'decode.divisor', 'words', 'words'],
  ['sat', 'decode.stop', 'all', 'all'],
  ['sat', 'decode.prune', 0, 0],
  // The tutorial's maximum output length of 60, with which sockeye runs 59 steps.
  ['sat', 'decode.maxWords', 59, 59],
];

test.each(GOLDEN)(
  '%s: %s is %j in the paper and %j in sockeye57',
  (decoder, path, paper, sockeye) => {
    const names = path.split('.');
    const valueIn = (name: (typeof PRESET_NAMES)[number]): unknown => {
      const { training, decode } = trialOf(name, decoder);
      return names.reduce<unknown>(
        (node, key) =>
          typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined,
        { ...training, decode },
      );
    };
    expect([valueIn('paper'), valueIn('sockeye57')]).toEqual([paper, sockeye]);
  },
);
