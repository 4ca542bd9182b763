/**
 * Beam search over a step function that gives the likeliest next words, for several images at once,
 * in three dialects of length normalisation. It knows nothing of tensors.
 *
 * - `per_step` (sockeye <= 1.18.8): all hypotheses are ranked by sum / LP(emitted tokens, the end
 *   mark included); a finished one stays in the beam with its score.
 * - `on_finish` (sockeye >= 1.18.9): hypotheses are chosen by their sum; one that has ended then
 *   gets sum / LP(words), once, and keeps its place with it. An empty caption has LP(0) = 0 with
 *   beta = 0, a score of minus infinity, and leaves the beam at the next choice.
 * - `sum`: never normalised.
 *
 * The first step expands one hypothesis. A search ends when the whole beam has ended or after
 * `maxWords` steps; then the best finished hypothesis wins, or the best unfinished one if none has
 * finished. Pad and begin marks are never emitted; the unknown word may be.
 */
import type { DecodeSpec } from '@capgrid/contracts';
import { ModelInputError } from '../errors.js';
import { SPECIAL_IDS } from '../special-ids.js';

export interface BeamStep {
  /**
   * The likeliest next words of each row, likeliest first and equal ones by id: `candidatesFor(beam)`
   * of them, or the whole vocabulary if it is smaller. [images * width, words] row-major.
   */
  readonly words: Int32Array;
  /** Their log-probabilities, [images * width, words]. */
  readonly logProbs: Float32Array;
  /** Log-probability of the end mark, [images * width]. */
  readonly endLogProbs: Float32Array;
  /** Attention over the regions, [images * width, regions], or null. */
  readonly attention: Float32Array | null;
}

/**
 * One step for all rows. `words`: the last word of each row. `parents`: the row of the previous
 * step that each row continues. Rows of finished or absent hypotheses repeat others; their results
 * are ignored.
 */
export type StepFunction = (
  words: Int32Array,
  parents: Int32Array,
  stepNumber: number,
) => Promise<BeamStep>;

export interface BeamResult {
  /** Word ids without begin and end marks. */
  readonly tokens: number[];
  /** Natural logarithm of the probability, end mark included if it was emitted. */
  readonly logProb: number;
  /** What the dialect ranks by; higher is better. */
  readonly score: number;
  /** False where the caption was cut after `maxWords` words. */
  readonly isFinished: boolean;
  /** One row of region weights per word, or null if the step gives none. */
  readonly attention: Float32Array[] | null;
}

interface Hypothesis {
  readonly tokens: readonly number[];
  readonly logProb: number;
  readonly score: number;
  readonly isFinished: boolean;
  readonly attention: readonly Float32Array[] | null;
  /** Row of the latest step whose state it continues. */
  readonly row: number;
}

type BeamSettings = Pick<DecodeSpec, 'beam' | 'norm' | 'lengthPenalty' | 'maxWords'>;

/**
 * How many words of each row a step must return, so that `beam` remain without the pad, begin and
 * end marks. No other word of the row can be among the best `beam`, since the words of one row rank
 * by log-probability.
 */
export function candidatesFor(beam: number): number {
  return beam + NOT_WORDS.size;
}

/** Marks that are no candidates, or not as likely words: the end mark comes by itself. */
const NOT_WORDS: ReadonlySet<number> = new Set([
  SPECIAL_IDS.pad,
  SPECIAL_IDS.begin,
  SPECIAL_IDS.end,
]);

export async function beamSearch(
  images: number,
  settings: BeamSettings,
  step: StepFunction,
): Promise<BeamResult[]> {
  const width = settings.beam;
  let beams: Hypothesis[][] = Array.from({ length: images }, (_, image) => [
    {
      tokens: [],
      logProb: 0,
      score: 0,
      isFinished: false,
      attention: null,
      row: image * width,
    },
  ]);
  for (let t = 0; t < settings.maxWords; t += 1) {
    if (beams.every((beam) => beam.every((hypothesis) => hypothesis.isFinished))) break;
    const { words, parents } = rowsOf(beams, width);
    const result = await step(words, parents, t);
    beams = beams.map((beam, image) => advance(beam, image * width, result, settings));
  }
  return beams.map(bestOf);
}

/** Words and parents of the next step; free rows repeat row 0 of their image. */
function rowsOf(
  beams: readonly (readonly Hypothesis[])[],
  width: number,
): { words: Int32Array; parents: Int32Array } {
  const words = new Int32Array(beams.length * width).fill(SPECIAL_IDS.begin);
  const parents = new Int32Array(beams.length * width);
  for (const [image, beam] of beams.entries()) {
    for (let k = 0; k < width; k += 1) {
      const row = image * width + k;
      const hypothesis = beam[k] ?? beam[0];
      parents[row] = hypothesis?.row ?? row;
      words[row] = hypothesis?.tokens.at(-1) ?? SPECIAL_IDS.begin;
    }
  }
  return { words, parents };
}

interface Candidate {
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

function advance(
  beam: readonly Hypothesis[],
  firstRow: number,
  step: BeamStep,
  settings: BeamSettings,
): Hypothesis[] {
  const candidates: Candidate[] = [];
  for (const [k, parent] of beam.entries()) {
    const row = firstRow + k;
    if (parent.isFinished) {
      const { logProb, score } = parent;
      candidates.push({ parent, row, word: null, logProb, rank: score, score });
      continue;
    }
    for (const { word, logProb: added } of candidateWords(step, row, settings.beam)) {
      const logProb = parent.logProb + added;
      const score = scoreOf(logProb, parent.tokens.length, word === SPECIAL_IDS.end, settings);
      const rank = settings.norm === 'on_finish' ? logProb : score;
      candidates.push({ parent, row, word, logProb, rank, score });
    }
  }
  // Array.sort is stable, so equal scores keep the order of rows and words in every run.
  candidates.sort((a, b) => compareScores(b.rank, a.rank));
  return candidates
    .slice(0, settings.beam)
    .map((candidate) =>
      continued(candidate, extendedAttention(candidate.parent, candidate.row, step)),
    );
}

/** The end mark and the `count` likeliest words of a row. */
function candidateWords(
  { words, logProbs, endLogProbs }: BeamStep,
  row: number,
  count: number,
): { readonly word: number; readonly logProb: number }[] {
  const width = words.length / endLogProbs.length;
  const start = row * width;
  const likeliest = Array.from(words.subarray(start, start + width), (word, i) => ({
    word,
    logProb: logProbs[start + i] ?? Number.NEGATIVE_INFINITY,
  })).filter(({ word }) => !NOT_WORDS.has(word));
  const logProb = endLogProbs[row] ?? Number.NEGATIVE_INFINITY;
  return [{ word: SPECIAL_IDS.end, logProb }, ...likeliest.slice(0, count)];
}

/** `words`: of the parent, before this token. */
function scoreOf(
  logProb: number,
  words: number,
  isEnd: boolean,
  { norm, lengthPenalty }: BeamSettings,
): number {
  switch (norm) {
    case 'sum':
      return logProb;
    case 'per_step':
      return normalised(logProb, words + 1, lengthPenalty);
    case 'on_finish':
      return isEnd ? normalised(logProb, words, lengthPenalty) : logProb;
  }
}

/** sum / LP(n), LP(n) = (beta + n)^alpha / (beta + 1)^alpha (Wu et al. 2016, eq. 14). */
function normalised(
  logProb: number,
  length: number,
  { alpha, beta }: DecodeSpec['lengthPenalty'],
): number {
  const penalty = (beta + length) ** alpha / (beta + 1) ** alpha;
  return penalty === 0 ? Number.NEGATIVE_INFINITY : logProb / penalty;
}

function compareScores(a: number, b: number): number {
  // Minus infinity twice would give NaN as a difference.
  return a === b ? 0 : a - b;
}

function continued(
  { parent, row, word, logProb, score }: Candidate,
  attention: readonly Float32Array[] | null,
): Hypothesis {
  // What has ended needs no state; any row of its image will do.
  if (word === null) return { ...parent, row };
  const isFinished = word === SPECIAL_IDS.end;
  return {
    tokens: isFinished ? parent.tokens : [...parent.tokens, word],
    logProb,
    score,
    isFinished,
    attention: isFinished ? parent.attention : attention,
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

function bestOf(beam: readonly Hypothesis[]): BeamResult {
  const finished = beam.filter((hypothesis) => hypothesis.isFinished);
  const [best] = (finished.length > 0 ? finished : [...beam]).sort((a, b) =>
    compareScores(b.score, a.score),
  );
  if (best === undefined) throw new ModelInputError('A beam became empty.');
  const { tokens, logProb, score, isFinished, attention } = best;
  return {
    tokens: [...tokens],
    logProb,
    score,
    isFinished,
    attention: attention === null ? null : [...attention],
  };
}
