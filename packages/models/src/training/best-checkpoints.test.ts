import { expect, test } from 'vitest';
import { meanWeights, withCheckpoint, type KeptCheckpoint } from './best-checkpoints.js';

function checkpoint(
  step: number,
  perplexity: number,
  ciderD: number | null = null,
): KeptCheckpoint {
  const weights = [{ name: 'w', shape: [2], values: Float32Array.of(step, -step) }];
  return { step, perplexity, ciderD, weights, moments: null };
}

function keepAll(checkpoints: readonly KeptCheckpoint[], count: number): number[] {
  return checkpoints
    .reduce<readonly KeptCheckpoint[]>((kept, one) => withCheckpoint(kept, one, count), [])
    .map(({ step }) => step);
}

test('the best are kept, best first, of equal ones the earlier', () => {
  const all = [checkpoint(1, 9), checkpoint(2, 7), checkpoint(3, 8), checkpoint(4, 7)];
  expect(keepAll(all, 1)).toEqual([2]);
  expect(keepAll(all, 2)).toEqual([2, 4]);
  expect(keepAll(all, 3)).toEqual([2, 4, 3]);
  expect(keepAll(all, 9)).toEqual([2, 4, 3, 1]);
});

test('CIDEr-D counts where it is measured, whatever the perplexity', () => {
  expect(keepAll([checkpoint(1, 5, 0.4), checkpoint(2, 9, 0.6)], 2)).toEqual([2, 1]);
});

test('the mean is that of each weight', () => {
  expect(meanWeights([checkpoint(1, 1), checkpoint(2, 1), checkpoint(6, 1)])).toEqual([
    { name: 'w', shape: [2], values: Float32Array.of(3, -3) },
  ]);
});

test('one checkpoint is its own mean', () => {
  const one = checkpoint(5, 1);
  expect(meanWeights([one])).toBe(one.weights);
});
