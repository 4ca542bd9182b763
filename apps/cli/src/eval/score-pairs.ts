/** Scores the captions of one run with all metrics, and compares two sets of them. */
import {
  approximateRandomization,
  createMeteor,
  holm,
  loadMeteorLexicon,
  meteorWords,
  pairedBootstrap,
  QUALITY_METRICS,
  resamplingStatistics,
  scoreCaptions,
  type CaptionsScore,
  type Meteor,
  type MetricKey,
} from '@capgrid/metrics';
import { readParaphrases, runSpice } from '@capgrid/metrics/node';
import { listenForInterrupt } from '../interrupt.js';
import type { EvalOptions } from './eval-options.js';
import type { CaptionPair } from './pair-captions.js';

export interface ScoreSettings extends Pick<EvalOptions, 'spiceJar' | 'captionContext'> {
  readonly meteor: Meteor;
  readonly training: readonly string[] | null;
  readonly javaHome: string | null;
}

/**
 * @param paraphrases path of METEOR's table; null for METEOR without it
 * @param runs all pairs to score: only the paraphrases that their words can make are kept
 */
export async function prepareMeteor(
  paraphrases: string | null,
  runs: readonly (readonly CaptionPair[])[],
  captionContext: EvalOptions['captionContext'],
): Promise<Meteor> {
  const lexicon = await loadMeteorLexicon();
  if (paraphrases === null) return createMeteor({ lexicon });
  const words = new Set(runs.flatMap((pairs) => [...meteorWords(pairs, captionContext)]));
  const { table } = await readParaphrases(paraphrases, { words });
  return createMeteor({ lexicon, paraphrases: table });
}

/** @throws MetricInputError, MetricResourceError */
export async function scorePairs(
  pairs: readonly CaptionPair[],
  { meteor, training, spiceJar, captionContext, javaHome }: ScoreSettings,
): Promise<CaptionsScore> {
  // Perplexity is of all images or of none.
  const hasPerplexity = pairs.every(({ perplexity }) => perplexity !== null);
  const items = pairs.map(({ imageId, candidate, references, perplexity }) => ({
    imageId,
    candidate,
    references,
    perplexity: hasPerplexity ? (perplexity ?? undefined) : undefined,
  }));
  const context = captionContext;
  const spice =
    spiceJar === null
      ? undefined
      : await interruptible((signal) =>
          runSpice({ jar: spiceJar, javaHome: javaHome ?? undefined, items, context, signal }),
        );
  return scoreCaptions(items, {
    meteor,
    context,
    trainingCaptions: training ?? undefined,
    spice,
  });
}

/** Only while it runs: computing hears no signals, so they keep their usual effect there. */
async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = listenForInterrupt();
  try {
    return await run(interrupt.signal);
  } finally {
    interrupt.release();
  }
}

/** Of candidates A and B: the difference is A - B. */
export interface MetricComparison {
  readonly metric: MetricKey;
  readonly label: string;
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly bootstrap: PValue;
  readonly randomization: PValue;
}

export interface PValue {
  readonly p: number;
  /** Corrected for the number of metrics compared (Holm 1979). */
  readonly holm: number;
}

export interface Comparison {
  readonly seed: number;
  readonly resamples: number;
  readonly confidence: number;
  readonly generator: string;
  /** Document frequencies of CIDEr while images are drawn. */
  readonly idf: string;
  readonly metrics: readonly MetricComparison[];
}

/** @throws MetricInputError when the scores cannot be compared */
export function compareScores(
  a: { readonly name: string; readonly score: CaptionsScore },
  b: { readonly name: string; readonly score: CaptionsScore },
  settings: { readonly seed: number; readonly resamples: number },
): Comparison {
  const metrics = QUALITY_METRICS.filter(
    (key) => a.score.corpus[key] !== undefined && b.score.corpus[key] !== undefined,
  );
  const [runA, runB] = [a, b].map(({ name, score }) => ({
    name,
    statistics: resamplingStatistics(score),
  }));
  if (runA === undefined || runB === undefined) throw new RangeError('Two runs are compared.');
  const bootstrap = pairedBootstrap(runB, runA, { ...settings, metrics });
  const randomization = approximateRandomization(runB, runA, { ...settings, metrics });
  const ofBootstrap = withHolm(bootstrap.metrics.map(({ p }) => p));
  const ofRandomization = withHolm(randomization.metrics.map(({ p }) => p));
  const { seed, resamples, confidence, generator, idf } = bootstrap;
  return {
    seed,
    resamples,
    confidence,
    generator,
    idf,
    metrics: bootstrap.metrics.map(({ metric, label, interval, difference }, index) => ({
      metric,
      label,
      a: a.score.corpus[metric] ?? NaN,
      b: b.score.corpus[metric] ?? NaN,
      difference,
      interval,
      bootstrap: ofBootstrap[index] ?? { p: NaN, holm: NaN },
      randomization: ofRandomization[index] ?? { p: NaN, holm: NaN },
    })),
  };
}

function withHolm(values: readonly number[]): PValue[] {
  const adjusted = holm(values);
  return values.map((p, index) => ({ p, holm: adjusted[index] ?? NaN }));
}
