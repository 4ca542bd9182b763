/** Writes captions word by word by chance, several for each image, all in one batch. */
import {
  add,
  argMax,
  clone,
  fill,
  gather,
  logSoftmax,
  tensor1d,
  tensor2d,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Decoder, ImageTensors, RowTensors } from '../captioner/captioner.js';
import { ownRows, repeatRows, takeRows } from '../captioner/rows.js';
import { elementOf } from '../element-of.js';
import type { Rng } from '../rng.js';
import { NEVER_WRITTEN, SPECIAL_IDS } from '../special-ids.js';
import { keeping, release } from '../tensor-scope.js';
import {
  barInRows,
  barredWords,
  drawWords,
  gatherFromRows,
  uniformForDraw,
  type DrawSettings,
} from './draw-words.js';
import { repeatingWords } from './repeated-ngrams.js';
import { isWorthDropping } from './worth-dropping.js';

export interface DrawCaptionsSettings extends DrawSettings {
  /**
   * By image, equally many each: the generator of each caption, which moves by one at each word, or
   * null for the likeliest words.
   */
  readonly rows: readonly (readonly (Rng | null)[])[];
  readonly maxWords: number;
  /** Words that are not written, beside pad and begin marks. */
  readonly barred: readonly number[];
  /** No n-gram of this order twice in a caption; 0 for any. */
  readonly noRepeatNgram: number;
  readonly withLogProbs: boolean;
  readonly withAttention: boolean;
}

export interface CaptionDraw {
  /** Word ids without begin and end marks. */
  readonly tokens: readonly number[];
  /** Sum over the words and the end mark, at temperature 1 and without sets; 0 unless asked for. */
  readonly logProb: number;
  /** False where the caption was cut after `maxWords` words. */
  readonly isFinished: boolean;
  /** One row of region weights per word, or null. */
  readonly attention: readonly Float32Array[] | null;
}

interface Draft {
  readonly rng: Rng | null;
  caption: CaptionDraw;
}

/** `images`: one row per image; stay the caller's. Captions by image, in the order of `rows`. */
export async function drawCaptions(
  decoder: Decoder,
  images: ImageTensors,
  settings: DrawCaptionsSettings,
): Promise<CaptionDraw[][]> {
  const { rows } = settings;
  const maxWords = Math.min(settings.maxWords, decoder.maxWords ?? settings.maxWords);
  const drafts = rows.map((rngs) => rngs.map(newDraft));
  let held = drafts.flat();
  let at = keeping((): Position => {
    const encoded = repeatRows(decoder.encode(images), rows.length, rows[0]?.length ?? 0);
    const words: Tensor = fill([held.length], SPECIAL_IDS.begin, 'int32');
    return { encoded, state: ownRows(decoder.begin(encoded, held.length)), words, barred: null };
  });
  try {
    for (let t = 0; t < maxWords; t += 1) {
      const next = keeping(() => stepOn(decoder, at, held, settings));
      release([at.state, at.words]);
      at = { ...at, state: next.state, words: next.words, barred: next.barred };
      await extend(held, next);
      release([next.logProbs, next.alpha]);
      const running = [...held.keys()].filter((row) => held[row]?.caption.isFinished === false);
      if (running.length === 0) break;
      if (!isWorthDropping(running.length, held.length)) continue;
      const before = at;
      at = keeping(() => keepRows(before, held.length, Int32Array.from(running)));
      release(before);
      held = held.filter(({ caption }) => !caption.isFinished);
    }
    return drafts.map((ofImage) => ofImage.map(({ caption }) => caption));
  } finally {
    release(at);
  }
}

/** Where a batch of captions is: its images, the decoder's state and the previous words. */
interface Position {
  readonly encoded: RowTensors;
  readonly state: RowTensors;
  readonly words: Tensor; // int32 [rows]
  /** Added to the scores of each row, [vocabulary]; made at the first step, which tells its size. */
  readonly barred: Tensor | null;
}

interface Step {
  readonly state: RowTensors;
  readonly words: Tensor; // int32 [rows]
  readonly barred: Tensor; // [vocabulary]
  readonly logProbs: Tensor | null; // [rows]
  readonly alpha: Tensor | null; // [rows, regions]
}

function stepOn(
  decoder: Decoder,
  { encoded, state, words, barred: known }: Position,
  held: readonly Draft[],
  settings: DrawCaptionsSettings,
): Step {
  const next = decoder.step(encoded, state, words);
  const [rows = 0, vocabulary = 0] = next.logits.shape;
  const barred = known ?? barredWords(vocabulary, [...NEVER_WRITTEN, ...settings.barred]);
  const chosen = chooseWords(add(next.logits, barred), held, settings);
  const { withLogProbs, withAttention } = settings;
  return {
    state: ownRows(next.state),
    words: chosen,
    barred,
    logProbs: withLogProbs
      ? gatherFromRows(logSoftmax(next.logits), chosen, rows, vocabulary)
      : null,
    alpha: withAttention && next.alpha !== null ? next.alpha() : null,
  };
}

/** int32 [rows]. `written`: scores [rows, vocabulary], barred words included. */
function chooseWords(
  written: Tensor,
  held: readonly Draft[],
  settings: DrawCaptionsSettings,
): Tensor {
  const repeating = held.map(({ caption }) =>
    repeatingWords(caption.tokens, settings.noRepeatNgram),
  );
  const scores = barInRows(written, repeating);
  const isDrawn = held.map(({ rng }) => rng !== null);
  if (!isDrawn.includes(true)) return argMax(scores, 1);
  const uniforms = held.map(({ rng }) => (rng === null ? 0 : uniformForDraw(rng)));
  const drawn = drawWords(scores, tensor2d(uniforms, [held.length, 1]), settings);
  if (!isDrawn.includes(false)) return drawn;
  return where(tensor1d(isDrawn, 'bool'), drawn, argMax(scores, 1));
}

/** Writes a step's words into the captions that still run. */
async function extend(held: readonly Draft[], { words, logProbs, alpha }: Step): Promise<void> {
  const [ids, added, attention] = await Promise.all([
    words.data<'int32'>(),
    logProbs?.data<'float32'>(),
    alpha?.data<'float32'>(),
  ]);
  const regions = alpha?.shape[1] ?? 0;
  for (const [row, draft] of held.entries()) {
    const { caption } = draft;
    if (caption.isFinished) continue;
    const word = elementOf(ids, row);
    const logProb = caption.logProb + (added === undefined ? 0 : elementOf(added, row));
    draft.caption =
      word === SPECIAL_IDS.end
        ? { ...caption, logProb, isFinished: true }
        : {
            tokens: [...caption.tokens, word],
            logProb,
            isFinished: false,
            attention:
              attention === undefined
                ? null
                : [
                    ...(caption.attention ?? []),
                    attention.slice(row * regions, (row + 1) * regions),
                  ],
          };
  }
}

function keepRows(before: Position, rows: number, kept: Int32Array): Position {
  const { encoded, state, words, barred } = before;
  return {
    encoded: takeRows(encoded, rows, kept),
    state: takeRows(state, rows, kept),
    words: gather(words, tensor1d(kept, 'int32')),
    barred: barred === null ? null : clone(barred),
  };
}

function newDraft(rng: Rng | null): Draft {
  return { rng, caption: { tokens: [], logProb: 0, isFinished: false, attention: null } };
}
