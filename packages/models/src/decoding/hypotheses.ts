/** The hypotheses of a beam search, and what continues each by the results of a step. */
import type { DecodeSpec } from '@capgrid/contracts';
import { elementOf } from '../element-of.js';
import { NEVER_WRITTEN, SPECIAL_IDS } from '../special-ids.js';
import { finishedScore, runningScore, type ScoreSettings } from './beam-score.js';
import { mostRepeatingWords, repeatingWords } from './repeated-ngrams.js';

export type BeamSettings = ScoreSettings &
  Pick<DecodeSpec, 'beam' | 'stop' | 'prune' | 'nBest' | 'blockUnknown' | 'noRepeatNgram'>;

export interface BeamStep {
  /** The likeliest next words, likeliest first and equal ones by id. [rows, words] row-major. */
  readonly words: Int32Array;
  /** Their log-probabilities, [rows, words]. */
  readonly logProbs: Float32Array;
  /** Log-probability of the end mark, [rows]. */
  readonly endLogProbs: Float32Array;
  /** Attention over the regions, [rows, regions], or null. */
  readonly attention: Float32Array | null;
}

export interface BeamResult {
  /** Word ids without begin and end marks. */
  readonly tokens: readonly number[];
  /** Natural logarithm of the probability, end mark included if it was emitted. */
  readonly logProb: number;
  /** What the dialect ranks by; higher is better. */
  readonly score: number;
  /** False where the caption was cut after `maxWords` words. */
  readonly isFinished: boolean;
  /** One row of region weights per word, or null if the step gives none. */
  readonly attention: readonly Float32Array[] | null;
}

export interface Hypothesis extends BeamResult {
  /** Row of the latest step whose state it continues. */
  readonly row: number;
}

export interface Candidate {
  readonly parent: Hypothesis;
  /** Row of this step that the parent occupied. */
  readonly row: number;
  /** Null continues a finished hypothesis as it is. */
  readonly word: number | null;
  readonly logProb: number;
  /** What the beam is chosen by. */
  readonly rank: number;
  /** What the hypothesis is ranked by from then on. */
  readonly score: number;
}

/**
 * How many words of each row a step must return so that `beam` of them may come next: all but pad and
 * begin marks, the unknown word if it is blocked, and words that would repeat an n-gram of the `words`
 * words so far. The words of one row and its end mark rank by log-probability, so whatever comes
 * behind these is not among the best `beam`; an end mark behind them comes by itself.
 */
export function candidatesFor(settings: BeamSettings, words: number): number {
  const { beam, blockUnknown, noRepeatNgram } = settings;
  const blocked = (blockUnknown ? 1 : 0) + mostRepeatingWords(words, noRepeatNgram);
  return beam + NEVER_WRITTEN.length + blocked;
}

export function continuations(
  parent: Hypothesis,
  row: number,
  step: BeamStep,
  settings: BeamSettings,
): Candidate[] {
  const words = parent.tokens.length;
  const candidates = candidateWords(step, row, blockedAfter(parent, settings), settings.beam);
  return candidates.map(({ word, logProb: added }) => {
    const logProb = parent.logProb + added;
    const score =
      word === SPECIAL_IDS.end
        ? finishedScore(logProb, words, settings)
        : runningScore(logProb, words + 1, settings);
    const rank = settings.norm === 'on_finish' ? logProb : score;
    return { parent, row, word, logProb, rank, score };
  });
}

function blockedAfter(
  { tokens }: Hypothesis,
  { blockUnknown, noRepeatNgram }: BeamSettings,
): ReadonlySet<number> {
  return new Set([
    ...NEVER_WRITTEN,
    SPECIAL_IDS.end,
    ...(blockUnknown ? [SPECIAL_IDS.unknown] : []),
    ...repeatingWords(tokens, noRepeatNgram),
  ]);
}

/** The end mark and the `count` likeliest words of a row that are not blocked. */
function candidateWords(
  { words, logProbs, endLogProbs }: BeamStep,
  row: number,
  blocked: ReadonlySet<number>,
  count: number,
): { readonly word: number; readonly logProb: number }[] {
  const width = words.length / endLogProbs.length;
  const start = row * width;
  const likeliest = Array.from(words.subarray(start, start + width), (word, i) => ({
    word,
    logProb: elementOf(logProbs, start + i),
  })).filter(({ word }) => !blocked.has(word));
  const logProb = elementOf(endLogProbs, row);
  return [{ word: SPECIAL_IDS.end, logProb }, ...likeliest.slice(0, count)];
}

export function continued(
  { parent, row, word, logProb, score }: Candidate,
  step: BeamStep,
): Hypothesis {
  // What has ended needs no state; any row of its image will do.
  if (word === null) return { ...parent, row };
  if (word === SPECIAL_IDS.end) return { ...parent, logProb, score, isFinished: true, row };
  return {
    tokens: [...parent.tokens, word],
    logProb,
    score,
    isFinished: false,
    attention: extendedAttention(parent, row, step),
    row,
  };
}

/** Attention of the parent's words and of the one that `row` has just looked for. */
function extendedAttention(
  parent: Hypothesis,
  row: number,
  { attention, endLogProbs }: BeamStep,
): readonly Float32Array[] | null {
  if (attention === null) return null;
  const regions = attention.length / endLogProbs.length;
  return [...(parent.attention ?? []), attention.slice(row * regions, (row + 1) * regions)];
}
