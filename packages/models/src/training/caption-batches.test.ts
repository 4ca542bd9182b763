import { expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { captionBatches, layOut } from './caption-batches.js';

const captions = Array.from({ length: 23 }, (_, i) => ({
  imageIndex: i,
  tokens: Array.from({ length: 1 + (i % 7) }, () => 4),
}));

test('every caption comes exactly once, with and without shuffling', () => {
  for (const rng of [null, Rng.from(1)]) {
    const seen = captionBatches(captions, 4, rng).flat();
    expect(seen.map((c) => c.imageIndex).sort((a, b) => a - b)).toEqual(
      captions.map((c) => c.imageIndex),
    );
  }
});

test('captions of one batch differ by at most one word', () => {
  for (const batch of captionBatches(captions, 4, Rng.from(2))) {
    const lengths = batch.map((c) => c.tokens.length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    expect(batch.length).toBeLessThanOrEqual(4);
  }
});

test('a batch is laid out word by word with begin, end and pad marks', () => {
  const batch = layOut([
    { imageIndex: 9, tokens: [5, 6] },
    { imageIndex: 3, tokens: [7] },
    { imageIndex: 1, tokens: [] },
  ]);
  expect(batch).toEqual({
    size: 3,
    steps: 3,
    imageIndices: [9, 3, 1],
    inputs: Int32Array.from([2, 2, 2, 5, 7, 0, 6, 0, 0]),
    targets: Int32Array.from([5, 7, 3, 6, 3, 0, 3, 0, 0]),
    words: 6,
  });
});
