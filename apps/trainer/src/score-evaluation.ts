/** Scores the captions of one evaluation, all metrics that the work asks for. */
import {
  SCORE_NAMES,
  type MeasuredScores,
  type ScoreInterval,
  type ScoreName,
} from '@capgrid/contracts';
import {
  confidenceInterval,
  createMeteor,
  loadMeteorLexicon,
  resamplingStatistics,
  scoreCaptions,
  type CaptionsScore,
  type Meteor,
  type ScoredItem,
} from '@capgrid/metrics';
import { readParaphrases, runSpice } from '@capgrid/metrics/node';
import type { ScoringFiles } from './child-messages.js';

/** What is read before the captions are there, so that a bad file fails before the decoding. */
export interface Scorer {
  meteor: Meteor;
  /** Null: SPICE is not asked for. */
  spiceJar: string | null;
}

/** @param files those that the work asks for; the paraphrase table takes seconds and some memory */
export async function openScorer(files: {
  meteorParaphrases: string | null;
  spiceJar: string | null;
}): Promise<Scorer> {
  const lexicon = await loadMeteorLexicon();
  const { meteorParaphrases, spiceJar } = files;
  if (meteorParaphrases === null) return { meteor: createMeteor({ lexicon }), spiceJar };
  const { table: paraphrases } = await readParaphrases(meteorParaphrases);
  return { meteor: createMeteor({ lexicon, paraphrases }), spiceJar };
}

export async function scoreEvaluation(
  items: readonly ScoredItem[],
  /** Raw captions of the images that the model was trained on. */
  trainingCaptions: readonly string[],
  { meteor, spiceJar }: Scorer,
  { javaHome, spiceCache }: Pick<ScoringFiles, 'javaHome' | 'spiceCache'>,
  signal: AbortSignal,
): Promise<CaptionsScore> {
  const spice =
    spiceJar === null
      ? undefined
      : await runSpice({
          jar: spiceJar,
          items,
          javaHome: javaHome ?? undefined,
          cacheFolder: spiceCache ?? undefined,
          signal,
        });
  return scoreCaptions(items, { meteor, trainingCaptions, spice });
}

/** Every score with its signature and, where images can be resampled, its interval. */
export function measuredScores(score: CaptionsScore): MeasuredScores {
  const intervals = intervalsOf(score);
  const measured: MeasuredScores = {};
  for (const name of SCORE_NAMES) {
    const value = score.corpus[name];
    const signature = score.signatures[name];
    if (value === undefined || signature === undefined) continue;
    measured[name] = { value, signature, interval: intervals.get(name) ?? null };
  }
  return measured;
}

/** Resampling seed 1, as everywhere where nobody gives one: the same captions, the same digits. */
function intervalsOf(score: CaptionsScore): Map<ScoreName, ScoreInterval> {
  if (score.images < 2) return new Map();
  const { metrics } = confidenceInterval(resamplingStatistics(score));
  return new Map(metrics.map(({ metric, interval }) => [metric, interval]));
}
