/**
 * Scheduled sampling (Bengio et al. 2015) for any family: some of the words that a caption goes on
 * from are drawn from the model's own distribution instead of read from the caption.
 *
 * The words are drawn before the update, step by step and without gradient, by the model's decoder
 * over the inputs as mixed so far; the update then runs along the mixed inputs as along any others,
 * with the true words as targets. That is what a loop that draws inside of the update computes, since
 * no gradient flows through a drawn word; the one difference is that the decoder draws as at validation,
 * so that the distribution is not the very one of an update with dropout, batch statistics or drawn
 * regions.
 */
import {
  add,
  clone,
  stack,
  tensor1d,
  tensor2d,
  unstack,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ScheduleSpec } from '@capgrid/contracts';
import type { Captioner } from '../captioner/captioner.js';
import { ownRows } from '../captioner/rows.js';
import { barredWords, drawWords, uniformForDraw } from '../decoding/draw-words.js';
import { elementOf } from '../element-of.js';
import type { Rng } from '../rng.js';
import { NEVER_WRITTEN, SPECIAL_IDS } from '../special-ids.js';
import { keeping, release } from '../tensor-scope.js';
import type { CaptionBatch } from './caption-batches.js';
import type { CaptionTensors } from './teacher-forcing.js';

/** That an input is drawn. `epoch`: complete passes. */
export function samplingProbability(
  { increase, everyEpochs, maximum }: ScheduleSpec['scheduledSampling'],
  epoch: number,
): number {
  return Math.min(maximum, increase * Math.floor(epoch / everyEpochs));
}

/**
 * The inputs of the batch, int32 [steps, size], with words drawn with `probability`; the begin mark
 * and padding stay.
 *
 * @param captions the batch on the engine; stays the caller's
 * @param rng of this update
 */
export function mixInputs(
  model: Captioner,
  batch: CaptionBatch,
  { features, mask, inputs }: CaptionTensors,
  probability: number,
  rng: Rng,
): Tensor {
  const { steps, size } = batch;
  const draws = planDraws(batch, probability, rng);
  const decoder = keeping(() => model.decoder());
  const images = keeping(() => ownRows(decoder.encode({ features, mask })));
  let state = keeping(() => ownRows(decoder.begin(images, size)));
  const given = unstack(inputs); // int32 [size] each
  const mixed = given.slice(0, 1);
  try {
    for (const [t, draw] of draws.entries()) {
      const next = keeping(() => {
        const from = elementOf(mixed, t);
        const { state: after, logits } = decoder.step(images, state, from);
        return { state: ownRows(after), words: chooseWords(logits, draw, elementOf(given, t + 1)) };
      });
      release(state);
      state = next.state;
      mixed.push(next.words);
    }
    return stack([...mixed, ...given.slice(mixed.length, steps)]);
  } finally {
    release([decoder, images, state, given, mixed]);
  }
}

/** Of one input: which rows get a drawn word, and the random number of each. */
interface Draw {
  readonly isDrawn: readonly boolean[]; // [size]
  readonly uniforms: readonly number[]; // [size]
}

/** Of the second input up to the last one that any row draws. */
function planDraws({ steps, size, inputs }: CaptionBatch, probability: number, rng: Rng): Draw[] {
  const draws = Array.from({ length: steps - 1 }, (_, t): Draw => {
    const row = Array.from({ length: size }, (__, i) => ({
      isDrawn: rng.uniform() < probability && inputs[(t + 1) * size + i] !== SPECIAL_IDS.pad,
      uniform: uniformForDraw(rng),
    }));
    return { isDrawn: row.map((at) => at.isDrawn), uniforms: row.map((at) => at.uniform) };
  });
  const last = draws.findLastIndex(({ isDrawn }) => isDrawn.includes(true));
  return draws.slice(0, last + 1);
}

/** int32 [size] */
function chooseWords(logits: Tensor, { isDrawn, uniforms }: Draw, given: Tensor): Tensor {
  if (!isDrawn.includes(true)) return clone(given);
  const [size = 0, vocabulary = 0] = logits.shape;
  const scores = add(logits, barredWords(vocabulary, NEVER_WRITTEN));
  const drawn = drawWords(scores, tensor2d([...uniforms], [size, 1]), PLAIN);
  return where(tensor1d([...isDrawn], 'bool'), drawn, given);
}

/** The model's own distribution. */
const PLAIN = { temperature: 1, topK: 0, topP: 1 };
