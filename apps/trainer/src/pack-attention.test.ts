import { TrainingSpec, unpackAttention } from '@capgrid/contracts';
import { expect, it } from 'vitest';
import { attentionPacker } from './pack-attention.js';

const specOf = (model: object, kind = 'plan') =>
  TrainingSpec.parse({ dataset: 'flickr8k', encoder: { kind, name: 'net' }, model });

const uniform = (length: number) => [new Float32Array(length).fill(1 / length)];

it.each([
  ['regions alone', { decoder: 'sat', globalInMemory: false }, 4, []],
  ['a global descriptor in memory', { decoder: 'sat' }, 5, ['global']],
  ['a sentinel', { decoder: 'adaptive', globalInMemory: false }, 5, ['sentinel']],
  ['both', { decoder: 'adaptive' }, 6, ['global', 'sentinel']],
  ['no sentinel', { decoder: 'adaptive', sentinel: false }, 5, ['global']],
])('names what lies beside the regions: %s', (_, model, columns, beside) => {
  const maps = attentionPacker(specOf(model), 4)(uniform(columns));
  expect(maps).toMatchObject({ grid: { rows: 2, columns: 2 }, regions: 4, beside });
  const [word] = maps?.words ?? [];
  const weights = word === undefined ? [] : unpackAttention(word);
  expect(weights.length).toBe(columns);
  for (const weight of weights) expect(weight).toBeCloseTo(1 / columns, 4);
});

it('knows no grid of boxes, nor of a number of regions that is no square', () => {
  expect(attentionPacker(specOf({}, 'features'), 36)(uniform(37))?.grid).toBeNull();
  expect(attentionPacker(specOf({}), 35)(uniform(36))?.grid).toBeNull();
  expect(attentionPacker(specOf({}), 36)(uniform(37))?.grid).toEqual({ rows: 6, columns: 6 });
});

it('has nothing to say of captions without words or without attention', () => {
  const pack = attentionPacker(specOf({}), 4);
  expect(pack(null)).toBeNull();
  expect(pack([])).toBeNull();
});
