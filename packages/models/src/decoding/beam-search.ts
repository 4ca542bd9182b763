/**
 * Beam search over a step function that gives the likeliest next words, for several images at once.
 * It knows nothing of tensors; beam-score.ts has the dialects.
 *
 * The first step expands one hypothesis. Finished hypotheses keep their places in the beam. The
 * search for an image ends by its stop rule or after `maxWords` steps, of which the end mark is one:
 * a finished caption has at most `maxWords - 1` words, one that is cut has `maxWords`. `per_step` and
 * `sum` rank both by their score. With `on_finish`, which gives cut ones no normalised score, they lose
 * to any finished one but an empty caption that is less likely. Pad and begin marks are never emitted.
 */
import { elementOf } from '../element-of.js';
import { ModelInputError } from '../errors.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { bestPossibleScore, compareScores } from './beam-score.js';
import {
  candidatesFor,
  continuations,
  continued,
  type BeamResult,
  type BeamSettings,
  type BeamStep,
  type Candidate,
  type Hypothesis,
} from './hypotheses.js';
import { isWorthDropping } from './worth-dropping.js';

/** One step further for rows of hypotheses. */
export interface BeamRequest {
  /** The last word of each row. */
  readonly words: Int32Array;
  /**
   * The row of the previous step that each row continues; at the first step, which has one row per
   * image, the image. Rows without a running hypothesis repeat others; their results are ignored.
   */
  readonly parents: Int32Array;
  /** The image of each row. */
  readonly images: Int32Array;
  /** How many of the likeliest words of each row are needed, or the whole vocabulary if smaller. */
  readonly candidates: number;
}

export type StepFunction = (request: BeamRequest) => Promise<BeamStep>;

/** The search for one image. */
interface Search {
  readonly beam: readonly Hypothesis[];
  /** With the rule `optimal`: all that have ended, also those that have left the beam. */
  readonly ended: readonly Hypothesis[];
  readonly isOver: boolean;
}

/** For each image its `nBest` best captions, best first, but at most `beam`; fewer where fewer count. */
export async function beamSearch(
  images: number,
  asked: BeamSettings,
  step: StepFunction,
): Promise<BeamResult[][]> {
  const settings = { ...asked, nBest: Math.min(asked.nBest, asked.beam) };
  const searches = Array.from({ length: images }, (_, image) => newSearch(image));
  let held = [...searches.keys()];
  const at = (image: number): Search => elementOf(searches, image);
  for (let t = 0; t < settings.maxWords; t += 1) {
    const running = held.filter((image) => !at(image).isOver);
    if (running.length === 0) break;
    if (isWorthDropping(running.length, held.length)) held = running;
    const width = t === 0 ? 1 : settings.beam;
    const rows = rowsOf(searches, held, width);
    const result = await step({ ...rows, candidates: candidatesFor(settings, t) });
    for (const [i, image] of held.entries()) {
      searches[image] = advance(at(image), i * width, result, settings);
    }
  }
  return searches.map((search) => bestOf(search, settings));
}

function newSearch(image: number): Search {
  const empty = { tokens: [], logProb: 0, score: 0, isFinished: false, attention: null };
  return { beam: [{ ...empty, row: image }], ended: [], isOver: false };
}

/** The rows of the next step: of each image first its running hypotheses. */
function rowsOf(
  searches: readonly Search[],
  held: readonly number[],
  width: number,
): Pick<BeamRequest, 'words' | 'parents' | 'images'> {
  const words = new Int32Array(held.length * width);
  const parents = new Int32Array(held.length * width);
  const images = new Int32Array(held.length * width);
  for (const [i, image] of held.entries()) {
    const { beam } = elementOf(searches, image);
    const running = beam.filter(({ isFinished }) => !isFinished);
    const [first = elementOf(beam, 0)] = running;
    for (let k = 0; k < width; k += 1) {
      const { tokens, row } = running[k] ?? first;
      words[i * width + k] = tokens.at(-1) ?? SPECIAL_IDS.begin;
      parents[i * width + k] = row;
      images[i * width + k] = image;
    }
  }
  return { words, parents, images };
}

function advance(search: Search, firstRow: number, step: BeamStep, settings: BeamSettings): Search {
  // Its rows are still there: what has ended must know one of them.
  if (search.isOver) return { ...search, beam: search.beam.map((h) => ({ ...h, row: firstRow })) };
  const candidates: Candidate[] = [];
  let row = firstRow;
  for (const parent of search.beam) {
    if (parent.isFinished) {
      const { logProb, score } = parent;
      candidates.push({ parent, row: firstRow, word: null, logProb, rank: score, score });
    } else {
      candidates.push(...continuations(parent, row, step, settings));
      row += 1;
    }
  }
  // Array.sort is stable, so equal scores keep the order of rows and words in every run.
  candidates.sort((a, b) => compareScores(b.rank, a.rank));
  const chosen = candidates.slice(0, settings.beam);
  const next = chosen.map((candidate) => continued(candidate, step));
  const beam = pruned(next, settings.prune);
  const isNew = (_: Hypothesis, i: number): boolean => chosen[i]?.word === SPECIAL_IDS.end;
  const ended = settings.stop === 'optimal' ? [...search.ended, ...next.filter(isNew)] : [];
  return { beam, ended, isOver: isOver(beam, ended, settings) };
}

/**
 * Without the running hypotheses that score too much less than the best finished one (sockeye's
 * --beam-prune). With `on_finish` that compares sums with normalised scores, as sockeye does.
 */
function pruned(beam: readonly Hypothesis[], most: number): readonly Hypothesis[] {
  if (most === 0) return beam;
  const [best] = byScore(beam.filter(({ isFinished }) => isFinished));
  if (best === undefined) return beam;
  return beam.filter(({ isFinished, score }) => isFinished || best.score - score <= most);
}

function isOver(
  beam: readonly Hypothesis[],
  ended: readonly Hypothesis[],
  { stop, nBest, ...settings }: BeamSettings,
): boolean {
  const running = beam.filter(({ isFinished }) => !isFinished);
  if (running.length === 0) return true;
  switch (stop) {
    case 'all':
      return false;
    case 'first':
      return beam.some(isRanked);
    case 'optimal': {
      const last = byScore(ended)[nBest - 1];
      return (
        last !== undefined &&
        running.every(({ logProb }) => bestPossibleScore(logProb, settings) <= last.score)
      );
    }
  }
}

function bestOf({ beam, ended, isOver }: Search, { norm, nBest }: BeamSettings): BeamResult[] {
  const finished = ended.length > 0 ? ended : beam.filter(({ isFinished }) => isFinished);
  const ranked = finished.filter(isRanked);
  // Where a rule has ended the search, what still runs was not cut.
  const cut = isOver ? [] : beam.filter(({ isFinished }) => !isFinished);
  const best = norm === 'on_finish' ? endedOrElse(ranked, cut) : [...ranked, ...cut];
  const choice = best.length > 0 ? best : finished;
  if (choice.length === 0) throw new ModelInputError('A beam became empty.');
  return byScore(choice)
    .slice(0, nBest)
    .map(({ tokens, logProb, score, isFinished, attention }) => ({
      tokens,
      logProb,
      score,
      isFinished,
      attention,
    }));
}

/** The finished ones; the cut ones where none is, or only a less likely empty caption. */
function endedOrElse(
  finished: readonly Hypothesis[],
  cut: readonly Hypothesis[],
): readonly Hypothesis[] {
  if (finished.length === 0) return cut;
  const best = Math.max(...finished.map(({ score }) => score));
  const isEmpty = finished.every(({ tokens }) => tokens.length === 0);
  return isEmpty && cut.some(({ score }) => score > best) ? cut : finished;
}

/** Has ended, and not as an empty caption that its dialect gives no score. */
function isRanked({ isFinished, score }: Hypothesis): boolean {
  return isFinished && score > Number.NEGATIVE_INFINITY;
}

function byScore(hypotheses: readonly Hypothesis[]): Hypothesis[] {
  return hypotheses.toSorted((a, b) => compareScores(b.score, a.score));
}
