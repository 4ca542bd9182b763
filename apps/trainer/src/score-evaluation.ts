/** Scores the captions of one evaluation, all metrics that the work asks for. */
import {
  SCORE_NAMES,
  type MeasuredScores,
  type ScoreInterval,
  type ScoreName,
  type ScoringSpec,
} from '@capgrid/contracts';
import {
  confidenceInterval,
  createMeteor,
  loadMeteorLexicon,
  resamplingStatistics,
  scoreCaptions,
  type CaptionsScore,
  type Meteor,
  type MeteorLexicon,
  type ScoredItem,
} from '@capgrid/metrics';
import { runSpice } from '@capgrid/metrics/node';
import type { ScoringFiles } from './child-messages.js';
import { matchScoringFiles, readMatchedParaphrases, type MatchedFiles } from './scoring-files.js';

/** What is read and checked before the captions are there, so that it fails before the decoding. */
export interface Scorer extends MatchedFiles {
  readonly lexicon: MeteorLexicon;
}

/** @throws ScoringDiffersError where version or files are not those of the API */
export async function openScorer(scoring: ScoringSpec, files: ScoringFiles): Promise<Scorer> {
  return { ...(await matchScoringFiles(scoring, files)), lexicon: await loadMeteorLexicon() };
}

export async function scoreEvaluation(
  items: readonly ScoredItem[],
  /** Raw captions of the images that the model was trained on. */
  trainingCaptions: readonly string[],
  scorer: Scorer,
  { javaHome, spiceCache }: Pick<ScoringFiles, 'javaHome' | 'spiceCache'>,
  signal: AbortSignal,
): Promise<CaptionsScore> {
  const meteor = await openMeteor(items, scorer);
  const { spiceJar } = scorer;
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

async function openMeteor(
  items: readonly ScoredItem[],
  { lexicon, meteorParaphrases }: Scorer,
): Promise<Meteor> {
  if (meteorParaphrases === null) return createMeteor({ lexicon });
  const paraphrases = await readMatchedParaphrases(meteorParaphrases, items);
  return createMeteor({ lexicon, paraphrases });
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
