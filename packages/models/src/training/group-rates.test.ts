import { EncoderSpec } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { tinySpec } from '../testing/tiny-task.js';
import { groupRate } from './group-rates.js';

const fineTune = { layers: 1, learningRate: 0.5, afterStep: 10 };
const encoder = EncoderSpec.parse({ kind: 'plan', name: 'mobilenet', fineTune });

test.each([
  ['decoder', 1, 0.1],
  ['encoder', 10, 0],
  ['encoder', 11, 0.5],
  ['encoder', null, 0.5],
] as const)('the rate of the group %s at update %s', (group, step, rate) => {
  expect(groupRate({ ...tinySpec(), encoder }, group, 0.1, step)).toBe(rate);
});

test.each([
  [0, 1, 0.1],
  [10, 10, 0],
  [10, 11, 0.1],
  [10, null, 0.1],
  [null, 1e6, 0],
  [null, null, 0],
])('vectors trained from %s on have at update %s the rate %s', (trainFrom, step, rate) => {
  const spec = tinySpec({ model: { vectors: { name: 'glove', trainFrom } } });
  expect(groupRate(spec, 'vectors', 0.1, step)).toBe(rate);
});
