/** Scores under the names of the metrics, unrounded: BLEU and others in 0..1, CIDEr in 0..10. */
import {
  METRIC_KEYS,
  METRICS,
  QUALITY_METRICS,
  type CaptionsScore,
  type MetricKey,
  type PerMetric,
} from '@capgrid/metrics';
import type { CaptionPair } from './pair-captions.js';
import type { Comparison } from './score-pairs.js';

export interface ScoredFile {
  readonly path: string;
  readonly score: CaptionsScore;
  /** In the order of `score.perImage`. */
  readonly pairs: readonly CaptionPair[];
}

export interface EvalResult {
  readonly candidates: ScoredFile;
  /** Null when nothing is compared. */
  readonly compared: { readonly file: ScoredFile; readonly comparison: Comparison } | null;
}

/** Metrics that only describe captions, in table order. */
export const DESCRIPTIVE_METRICS: readonly MetricKey[] = METRIC_KEYS.filter(
  (key) => !QUALITY_METRICS.includes(key),
);

/** @param leftOut what `--allow-missing` left out */
export function resultJson(
  { candidates, compared }: EvalResult,
  leftOut: readonly string[],
): object {
  return {
    ...scoreJson(candidates.score),
    ...(leftOut.length > 0 && { leftOut }),
    ...(compared !== null && { comparison: comparisonJson(candidates, compared) }),
  };
}

function scoreJson({ images, corpus, signatures, labels }: CaptionsScore): object {
  return {
    images,
    corpus: byName(corpus, QUALITY_METRICS),
    signatures: byName(signatures, QUALITY_METRICS),
    labels: byName(labels, QUALITY_METRICS),
    captions: byName(corpus, DESCRIPTIVE_METRICS),
    captionSignatures: byName(signatures, DESCRIPTIVE_METRICS),
  };
}

function comparisonJson(
  candidates: ScoredFile,
  { file, comparison }: NonNullable<EvalResult['compared']>,
): object {
  const { metrics, ...settings } = comparison;
  return {
    candidates: candidates.path,
    compare: file.path,
    ...settings,
    difference: 'candidates - compare',
    metrics: Object.fromEntries(
      metrics.map(({ metric, a, b, difference, interval, bootstrap, randomization }) => [
        METRICS[metric].name,
        {
          candidates: a,
          compare: b,
          difference,
          interval: [interval.low, interval.high],
          pairedBootstrap: bootstrap,
          approximateRandomization: randomization,
        },
      ]),
    ),
    captions: byName(file.score.corpus, DESCRIPTIVE_METRICS),
  };
}

/** One line per image: the id as the candidates write it, and the scores of both files. */
export function* perImageLines({ candidates, compared }: EvalResult): Generator<object> {
  const others = new Map<string, PerMetric<number>>();
  for (const { imageId, scores } of compared?.file.score.perImage ?? [])
    others.set(imageId, scores);
  for (const [index, { imageId, scores }] of candidates.score.perImage.entries()) {
    const other = others.get(imageId);
    yield {
      image_id: candidates.pairs[index]?.candidateId,
      scores: byName(scores, METRIC_KEYS),
      ...(other !== undefined && { compare: byName(other, METRIC_KEYS) }),
    };
  }
}

/** The values there are. */
function byName<T>(values: PerMetric<T>, keys: readonly MetricKey[]): Record<string, T> {
  const named: Record<string, T> = {};
  for (const key of keys) {
    const value = values[key];
    if (value !== undefined) named[METRICS[key].name] = value;
  }
  return named;
}
