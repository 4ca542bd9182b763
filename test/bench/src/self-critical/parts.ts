/** What an update of self-critical training consists of. */
import { BenchError } from '../run/bench-error.js';
import type { Answer } from '../run/line-child.js';

/** Captions drawn per image. */
export const SAMPLES = 5;

export interface UpdateParts {
  /** Drawing the samples, and the greedy captions of a baseline that needs them. */
  readonly decodeMs: number;
  /** CIDEr-D of each sample, and the baseline. */
  readonly rewardMs: number;
  /** Forward, backward, clip, Adam, and the upload of the batch. */
  readonly updateMs: number;
  readonly totalMs: number;
}

export function partsIn(answer: Answer): UpdateParts[] {
  const { updates } = answer;
  if (Array.isArray(updates) && updates.length > 0) return updates as UpdateParts[];
  throw new BenchError(`An answer has no "updates": ${JSON.stringify(answer)}`);
}
