export {
  bleuFromStatistics,
  scoreBleu,
  sumBleuStatistics,
  type BleuScore,
  type BleuStatistics,
} from './bleu.js';
export {
  BAD_ENDINGS,
  describeCaptions,
  meanPerplexity,
  type CaptionStatistics,
} from './caption-statistics.js';
export { scoreCider, scoreCiderD, type CiderOptions, type CiderScore } from './cider.js';
export { countDocumentFrequencies, type DocumentFrequencies } from './document-frequencies.js';
export { MetricInputError, type MetricInputErrorCode } from './metric-input-error.js';
export {
  METRIC_KEYS,
  METRICS,
  type CoreMetricKey,
  type Metric,
  type MetricKey,
  type MetricScale,
  type PerMetric,
} from './metric-table.js';
export type { PerOrder } from './ngrams.js';
export { scoreRougeL, type RougeLScore } from './rouge-l.js';
export {
  scoreCaptions,
  type CaptionsScore,
  type ImageScore,
  type ScoreCaptionsOptions,
  type ScoredItem,
} from './score-captions.js';
export { METRICS_VERSION } from './signature.js';
export type { SpiceCounts, SpiceImage, SpiceScore } from './spice-score.js';
export type { Meteor, MeteorModule, MeteorStatistics } from './temporary-parts.js';
export { tokenizeItems, type CaptionItem, type TokenizedCaptions } from './tokenize-items.js';
