import { expect, test } from 'vitest';
import { formatFactorValue, labelFactors } from './factor-words.js';

const labelsOf = (paths: string[]) => labelFactors(paths).map(({ label }) => label);

test('a factor is named by the word that says what it is', () => {
  const paths = ['model.attention.kind', 'model.weightNorm', 'decode.beam', 'encoder.name'];
  expect(labelsOf(paths)).toEqual(['attention', 'weight norm', 'beam', 'encoder']);
});

test('an option deeper than its group is named with what it belongs to', () => {
  const paths = [
    'schedule.selfCritical.epochs',
    'encoder.fineTune.layers',
    'schedule.scheduledSampling.everyEpochs',
    'decode.lengthPenalty.alpha',
    'model.attention.heads',
    'model.init',
  ];
  expect(labelsOf(paths)).toEqual([
    'self-critical epochs',
    'fine-tune layers',
    'scheduled sampling every epochs',
    'length penalty alpha',
    'attention heads',
    'init',
  ]);
});

test('two factors never get the same name', () => {
  const paths = ['data.maxWords', 'decode.maxWords', 'decode.beam'];
  expect(labelsOf(paths)).toEqual(['data.maxWords', 'decode.maxWords', 'beam']);
});

test('values are words, not JSON', () => {
  expect([true, false, null, 3, 'dot'].map(formatFactorValue)).toEqual([
    'on',
    'off',
    'none',
    '3',
    'dot',
  ]);
});
