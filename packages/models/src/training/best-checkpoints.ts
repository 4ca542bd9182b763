/** The best checkpoints of a training, and the mean of their weights. */
import { elementOf } from '../element-of.js';
import type { NamedArray } from '../parameters.js';
import type { AdamMoments } from './adam.js';

/** How good the weights after an update are. */
export interface Standing {
  readonly step: number;
  readonly perplexity: number;
  /** Of greedy captions, 0..10; null unless the training goes by it. */
  readonly ciderD: number | null;
}

export interface KeptCheckpoint extends Standing {
  readonly weights: readonly NamedArray[];
  /** Null where no fall of the learning rate goes back to them. */
  readonly moments: AdamMoments | null;
}

/** By CIDEr-D where it is measured, else by perplexity. */
export function isBetter(a: Standing, b: Standing): boolean {
  if (a.ciderD !== null && b.ciderD !== null) return a.ciderD > b.ciderD;
  return a.perplexity < b.perplexity;
}

/** The best of all, at most `count`, best first; of equally good ones the earlier comes first. */
export function withCheckpoint(
  kept: readonly KeptCheckpoint[],
  checkpoint: KeptCheckpoint,
  count: number,
): readonly KeptCheckpoint[] {
  const worse = kept.findIndex((other) => isBetter(checkpoint, other));
  const place = worse === -1 ? kept.length : worse;
  return [...kept.slice(0, place), checkpoint, ...kept.slice(place)].slice(0, count);
}

/** The mean over the checkpoints of each weight. */
export function meanWeights(kept: readonly KeptCheckpoint[]): readonly NamedArray[] {
  const [first] = kept;
  if (first === undefined || kept.length === 1) return first?.weights ?? [];
  return first.weights.map((array, i) => ({
    ...array,
    values: meanOf(kept.map(({ weights }) => elementOf(weights, i).values)),
  }));
}

function meanOf(arrays: readonly ArrayLike<number>[]): Float32Array {
  const mean = new Float32Array(elementOf(arrays, 0).length);
  for (let at = 0; at < mean.length; at += 1) {
    let sum = 0; // In float64; the array rounds once.
    for (const values of arrays) sum += values[at] ?? Number.NaN;
    mean[at] = sum / arrays.length;
  }
  return mean;
}
