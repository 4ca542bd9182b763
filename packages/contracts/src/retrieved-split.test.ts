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
