import { expect, test } from 'vitest';
import { expandSweep } from './expand-sweep.js';
import { SweepSpec } from './sweep-spec.js';

test('retrieval is not asked for the images of its own index', () => {
  const spec = SweepSpec.parse({
    name: 'splits',
    dataset: 'coco',
    base: { encoder: { kind: 'scenes-cnn' } },
    grid: { 'model.decoder': ['nic', 'retrieval'], 'decode.split': ['train', 'val', 'test'] },
    seeds: [1],
  });
  const { cells, dropped } = expandSweep(spec);
  expect(cells).toHaveLength(5);
  expect(dropped).toMatchObject([
    {
      assignment: { 'model.decoder': 'retrieval', 'decode.split': 'train' },
      reason: 'invalid',
      issues: [{ path: 'decode.split', value: '"train"' }],
    },
  ]);
});

test('nor is reranking, where anything is reranked', () => {
  const spec = SweepSpec.parse({
    name: 'splits',
    dataset: 'coco',
    base: { encoder: { kind: 'scenes-cnn' }, decode: { nBest: 5, split: 'train' } },
    grid: { 'decode.beam': [1, 5], 'decode.rerank.neighbours': [0, 25] },
    seeds: [1],
  });
  const { cells, dropped } = expandSweep(spec);
  expect(cells.map(({ assignment }) => assignment)).toEqual([
    { 'decode.beam': 1 },
    { 'decode.beam': 5, 'decode.rerank.neighbours': 0 },
  ]);
  expect(dropped).toMatchObject([
    { reason: 'duplicate' },
    {
      assignment: { 'decode.beam': 5, 'decode.rerank.neighbours': 25 },
      reason: 'invalid',
      issues: [{ path: 'decode.split', value: '"train"' }],
    },
  ]);
});
