/** Groups captions of similar length into batches, so that little time is spent on padding. */
import type { ScheduleSpec } from '@capgrid/contracts';
import { chunks } from '../chunks.js';
import { elementOf } from '../element-of.js';
import { ModelInputError } from '../errors.js';
import type { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';

export interface TrainingCaption {
  /** Row of the image in the feature source. */
  readonly imageIndex: number;
  /** Word ids, without begin and end marks. */
  readonly tokens: ArrayLike<number>;
  /** False for a drawn caption that was cut: no end mark follows its words. True if absent. */
  readonly isFinished?: boolean;
}

export interface CaptionBatch {
  /** Captions. */
  readonly size: number;
  /** Longest caption, end mark included. */
  readonly steps: number;
  readonly imageIndices: readonly number[];
  /** [steps, size]: begin mark and words; padded. */
  readonly inputs: Int32Array;
  /** [steps, size]: words and end mark; padded. */
  readonly targets: Int32Array;
  /** Targets that are not padding. */
  readonly words: number;
}

/** How captions are put into batches: part of the schedule. */
export type BatchPlan = Pick<ScheduleSpec, 'batchSize' | 'batchWords' | 'bucketWidth' | 'fillUp'>;

/**
 * Batches of one pass over the captions. With `rng`, captions are shuffled within buckets and
 * batches among each other; without, the order is that of the lengths. Every caption comes exactly
 * once, and short buckets give short batches, but with `fillUp: replicate` and an `rng`, captions of a
 * bucket that are drawn again make its last batch as large as the others. There are as many batches
 * either way.
 */
export function captionBatches(
  captions: readonly TrainingCaption[],
  plan: BatchPlan,
  rng: Rng | null,
): TrainingCaption[][] {
  const order = [...captions];
  rng?.shuffle(order);
  const buckets = new Map<number, TrainingCaption[]>();
  for (const caption of order) {
    const key = Math.floor(caption.tokens.length / plan.bucketWidth);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [caption]);
    else bucket.push(caption);
  }
  const batches = [...buckets.keys()]
    .sort((a, b) => a - b)
    .flatMap((key) => {
      const bucket = buckets.get(key) ?? [];
      const size = captionsAtOnce(bucket, plan);
      const isFilled = rng !== null && plan.fillUp === 'replicate';
      return chunks(isFilled ? filledUp(bucket, size, rng) : bucket, size);
    });
  return rng === null ? batches : rng.shuffle(batches);
}

/** Of a bucket with the mean length L: batchSize, or batchWords / L, rounded, one at least. */
function captionsAtOnce(
  bucket: readonly TrainingCaption[],
  { batchSize, batchWords }: BatchPlan,
): number {
  if (batchWords === null) return batchSize;
  const words = bucket.reduce((sum, { tokens }) => sum + tokens.length + 1, 0);
  return Math.max(1, Math.round((batchWords * bucket.length) / words));
}

/**
 * With as many captions drawn again, each from all of the bucket, as make the last batch full. Sockeye
 * 1.18 draws them once for the whole training; here the generator of the pass draws, so that no caption
 * weighs more than others in every pass.
 */
function filledUp(
  bucket: readonly TrainingCaption[],
  size: number,
  rng: Rng,
): readonly TrainingCaption[] {
  const missing = (size - (bucket.length % size)) % size;
  const drawn = Array.from({ length: missing }, () =>
    elementOf(bucket, rng.integer(bucket.length)),
  );
  // The doubled ones may lie in any of the batches.
  return missing === 0 ? bucket : rng.shuffle([...bucket, ...drawn]);
}

/** Lays captions out time-major: all first words, then all second words, and so on. */
export function layOut(captions: readonly TrainingCaption[]): CaptionBatch {
  const size = captions.length;
  const steps = 1 + Math.max(...captions.map(({ tokens }) => tokens.length));
  const inputs = new Int32Array(steps * size).fill(SPECIAL_IDS.pad);
  const targets = new Int32Array(steps * size).fill(SPECIAL_IDS.pad);
  let words = 0;
  for (const [row, { tokens, isFinished = true }] of captions.entries()) {
    inputs[row] = SPECIAL_IDS.begin;
    for (let t = 0; t < tokens.length; t += 1) {
      const id = elementOf(tokens, t);
      targets[t * size + row] = id;
      inputs[(t + 1) * size + row] = id;
    }
    if (isFinished) targets[tokens.length * size + row] = SPECIAL_IDS.end;
    words += tokens.length + (isFinished ? 1 : 0);
  }
  return { size, steps, imageIndices: captions.map((c) => c.imageIndex), inputs, targets, words };
}

/** Fails on captions the model cannot learn from, naming the first one. */
export function assertCaptions(
  what: string,
  captions: readonly TrainingCaption[],
  vocabulary: number,
): void {
  if (captions.length === 0) {
    throw new ModelInputError(`No ${what} captions. Import a dataset with a ${what} split.`);
  }
  for (const [position, { tokens }] of captions.entries()) {
    for (let t = 0; t < tokens.length; t += 1) {
      const id = tokens[t] ?? -1;
      const isWord =
        Number.isInteger(id) &&
        id < vocabulary &&
        (id === SPECIAL_IDS.unknown || id > SPECIAL_IDS.end);
      if (!isWord) {
        throw new ModelInputError(
          `${what} caption ${position} has the id ${id} at word ${t}: not a word of a vocabulary of ${vocabulary}. Pass words only, without begin and end marks.`,
        );
      }
    }
  }
}
