/** Beam search on the engine with a decoder of any family, or an ensemble of them. */
import { logSoftmax, slice, tensor1d, topk, type Tensor } from '@tensorflow/tfjs-core';
import type { Decoder, ImageTensors } from '../captioner/captioner.js';
import { ownRows, takeRows } from '../captioner/rows.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { keeping, release } from '../tensor-scope.js';
import { beamSearch, type StepFunction } from './beam-search.js';
import type { BeamResult, BeamSettings } from './hypotheses.js';

/**
 * For each image its `nBest` best captions, best first. `images` stay the caller's.
 *
 * Keys, values and whatever does not depend on the words are computed once per image; the rows of its
 * beam repeat the result. At each word only the likeliest few of each row leave the engine.
 */
export async function searchCaptions(
  decoder: Decoder,
  images: ImageTensors,
  settings: BeamSettings,
  { withAttention = false } = {},
): Promise<BeamResult[][]> {
  const count = images.features.shape[0] ?? 0;
  // The image of each row.
  let layout: Int32Array = Int32Array.from({ length: count }, (_, image) => image);
  let at = keeping(() => {
    const encoded = ownRows(decoder.encode(images));
    return { encoded, state: ownRows(decoder.begin(encoded, count)) };
  });
  const step: StepFunction = async ({ words, parents, images: wanted, candidates }) => {
    const before = at;
    const isLaidOut =
      wanted.length === layout.length && wanted.every((image, row) => image === layout[row]);
    // As with a beam of 1, whose states may be large: nothing moves.
    const isInPlace =
      parents.length === layout.length && parents.every((parent, row) => parent === row);
    const next = keeping(() => {
      const encoded = isLaidOut ? before.encoded : takeRows(before.encoded, layout.length, parents);
      const state = isInPlace ? before.state : takeRows(before.state, layout.length, parents);
      const stepped = decoder.step(encoded, state, tensor1d(words, 'int32'));
      return {
        encoded,
        state: ownRows(stepped.state),
        alpha: withAttention && stepped.alpha !== null ? stepped.alpha() : null,
        best: likeliest(logSoftmax(stepped.logits), candidates),
      };
    });
    if (next.encoded !== before.encoded) release(before.encoded);
    release(before.state);
    at = { encoded: next.encoded, state: next.state };
    layout = wanted;
    const { alpha, best } = next;
    // All at once: each read by itself would wait for the engine anew.
    const [ids, logProbs, endLogProbs, attention] = await Promise.all([
      best.words.data<'int32'>(),
      best.logProbs.data<'float32'>(),
      best.endLogProbs.data<'float32'>(),
      alpha?.data<'float32'>() ?? null,
    ]);
    release([best, alpha]);
    return { words: ids, logProbs, endLogProbs, attention };
  };
  try {
    const maxWords = Math.min(settings.maxWords, decoder.maxWords ?? settings.maxWords);
    return await beamSearch(count, { ...settings, maxWords }, step);
  } finally {
    release(at);
  }
}

/**
 * Of each row of `logProbs` [rows, vocabulary]: the `count` likeliest words, equal ones by their id,
 * and the end mark. Only these leave the engine.
 */
function likeliest(
  logProbs: Tensor,
  count: number,
): { words: Tensor; logProbs: Tensor; endLogProbs: Tensor } {
  const [rows = 0, vocabulary = 0] = logProbs.shape;
  const { values, indices } = topk(logProbs, Math.min(count, vocabulary));
  return {
    words: indices,
    logProbs: values,
    endLogProbs: slice(logProbs, [0, SPECIAL_IDS.end], [rows, 1]),
  };
}
