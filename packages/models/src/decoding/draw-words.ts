/** Draws the next word of each row on the engine, so that no distribution has to leave it. */
import {
  add,
  argMax,
  cast,
  cumsum,
  fill,
  gather,
  greater,
  less,
  logicalAnd,
  max,
  mul,
  range,
  reshape,
  softmax,
  tensor1d,
  tensor2d,
  tensorScatterUpdate,
  topk,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Rng } from '../rng.js';

export interface DrawSettings {
  /** Scores are divided by it; 1 draws from the model's own distribution. */
  readonly temperature: number;
  /** Only the likeliest so many words (Fan et al. 2018); 0 for all. */
  readonly topK: number;
  /**
   * Only the smallest set of likeliest words that have this probability together (Holtzman et al.
   * 2020), out of those of `topK`; 1 for all.
   */
  readonly topP: number;
}

/** exp(BARRED) is 0 in float32, and no score of a model comes near. */
const BARRED = -1e9;

/** Added to scores [rows, vocabulary]: the words that are never written. */
export function barredWords(vocabulary: number, words: readonly number[]): Tensor {
  const values = new Float32Array(vocabulary);
  for (const word of words) values[word] = BARRED;
  return tensor1d(values);
}

/** `scores` [rows, vocabulary], in which other words of each row are never written. */
export function barInRows(scores: Tensor, rows: readonly Iterable<number>[]): Tensor {
  const places = rows.flatMap((words, row) => Array.from(words, (word) => [row, word]));
  if (places.length === 0) return scores;
  // Only the places go to the engine, not a matrix as large as the scores.
  const indices = tensor2d(places.flat(), [places.length, 2], 'int32');
  return tensorScatterUpdate(scores, indices, fill([places.length], BARRED));
}

/**
 * In [0, 1) in steps of 2^-23: times any positive float32 it is smaller than that, so that a draw
 * never falls behind the last word.
 */
export function uniformForDraw(rng: Rng): number {
  return Math.floor(rng.uniform() * 2 ** 23) / 2 ** 23;
}

/**
 * One word a row, by inverting the distribution function: the first word at which the summed
 * probability exceeds `uniforms`. Among equally likely words the lower id counts as likelier, so the
 * sets of `topK` and `topP` are exact.
 *
 * @param scores [rows, vocabulary]: logits or log-probabilities, barred words included
 * @param uniforms [rows, 1], of `uniformForDraw`
 * @returns int32 [rows]
 */
export function drawWords(
  scores: Tensor,
  uniforms: Tensor,
  { temperature, topK, topP }: DrawSettings,
): Tensor {
  const [rows = 0, vocabulary = 0] = scores.shape;
  const isSorted = topK > 0 || topP < 1;
  const kept = topK > 0 ? Math.min(topK, vocabulary) : vocabulary;
  const sorted = isSorted ? topk(scores, kept) : null;
  const tempered = mul(sorted === null ? scores : sorted.values, 1 / temperature);
  const probabilities = softmax(tempered); // [rows, kept]
  const summed = cumsum(probabilities, 1);
  const isPossible = logicalAnd(
    greater(probabilities, 0),
    topP < 1 ? less(cumsum(probabilities, 1, true), topP) : true,
  );
  // Summing in parallel rounds, so the last possible word need not have the largest sum.
  const total = max(where(isPossible, summed, zerosLike(summed)), 1, true); // [rows, 1]
  const isReached = logicalAnd(isPossible, greater(summed, mul(uniforms, total)));
  const place = argMax(cast(isReached, 'float32'), 1); // the first: [rows]
  if (sorted === null) return place;
  return gatherFromRows(sorted.indices, place, rows, kept);
}

/** `values` [rows, width] at one `column` (int32 [rows]) of each row: [rows]. */
export function gatherFromRows(
  values: Tensor,
  column: Tensor,
  rows: number,
  width: number,
): Tensor {
  const starts = range(0, rows * width, width, 'int32');
  return gather(reshape(values, [rows * width]), add(starts, column));
}
