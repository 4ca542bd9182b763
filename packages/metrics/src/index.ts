export {
  bleuFromStatistics,
  scoreBleu,
  sumBleuStatistics,
  type BleuScore,
  type BleuStatistics,
} from './bleu.js';
export {
  countDocumentFrequencies,
  scoreCiderD,
  type CiderDOptions,
  type CiderDScore,
  type DocumentFrequencies,
} from './cider-d.js';
export { MetricInputError, type MetricInputErrorCode } from './metric-input-error.js';
export type { PerOrder } from './ngrams.js';
export { scoreRougeL, type RougeLScore } from './rouge-l.js';
export {
  scoreCaptions,
  type CaptionItem,
  type CaptionScores,
  type CaptionsScore,
  type ImageScores,
  type ScoreCaptionsOptions,
} from './score-captions.js';
export { METRICS_VERSION } from './signature.js';
