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
