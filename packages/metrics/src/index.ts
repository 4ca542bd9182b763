export {
  bleuFromStatistics,
  scoreBleu,
  sumBleuStatistics,
  type BleuScore,
  type BleuStatistics,
} from './bleu.js';
export type { CaptionIds, CaptionIdsOptions } from './caption-ids.js';
export {
  BAD_ENDINGS,
  describeCaptions,
  measureNovelty,
  meanPerplexity,
  type CaptionStatistics,
  type Novelty,
} from './caption-statistics.js';
export { scoreCider, scoreCiderD, type CiderOptions, type CiderScore } from './cider.js';
export { createCiderDReward, type CiderDReward } from './cider-d-reward.js';
export { countDocumentFrequencies, type DocumentFrequencies } from './document-frequencies.js';
export { LexiconMissingError, loadMeteorLexicon, type MeteorLexicon } from './meteor/lexicon.js';
export type { Match as MeteorMatch } from './meteor/match.js';
export {
  createMeteor,
  scoreMeteor,
  type Meteor,
  type MeteorAlignment,
  type MeteorImageScore,
  type MeteorResources,
  type MeteorScore,
} from './meteor/meteor.js';
export { meteorWords } from './meteor/meteor-words.js';
export { METEOR_MODULES, type MeteorModule } from './meteor/modules.js';
export type { ParaphraseTable } from './meteor/paraphrase-table.js';
export { parseParaphrases, type ParaphraseOptions } from './meteor/parse-paraphrases.js';
export { meteorFromStatistics } from './meteor/score-statistics.js';
export {
  meteorStatisticsFromArray,
  meteorStatisticsToArray,
  sumMeteorStatistics,
  type MeteorStatistics,
} from './meteor/statistics.js';
export { MetricInputError, type MetricInputErrorCode } from './metric-input-error.js';
export { MetricResourceError, type MetricResourceErrorCode } from './metric-resource-error.js';
export {
  METRIC_KEYS,
  METRICS,
  QUALITY_METRICS,
  type CoreMetricKey,
  type Metric,
  type MetricKey,
  type MetricScale,
  type MetricScores,
  type PerMetric,
} from './metric-table.js';
export type { PerOrder } from './ngrams.js';
export {
  PTB_TOKENIZER,
  tokenizeCaption,
  tokenizeCaptions,
  type TokenizeOptions,
} from './ptb/tokenize-captions.js';
export { scoreRougeL, type RougeLScore } from './rouge-l.js';
export {
  scoreCaptions,
  type CaptionsScore,
  type ImageScore,
  type ScoreCaptionsOptions,
  type ScoredItem,
} from './score-captions.js';
export { METRICS_MAJOR, METRICS_VERSION } from './signature.js';
export { scoreSmoothedBleu4, type SmoothedBleuOptions } from './smoothed-bleu.js';
export type { SpiceCounts, SpiceImage, SpiceRun, SpiceScore } from './spice-score.js';
export {
  approximateRandomization,
  type ApproximateRandomization,
  type RandomizationTest,
} from './statistics/approximate-randomization.js';
export {
  compareTable,
  type ComparedCell,
  type ComparedRow,
  type ComparedTable,
  type CompareTableOptions,
  type TableTest,
} from './statistics/compare-table.js';
export {
  confidenceInterval,
  type ConfidenceIntervals,
  type ResamplingRecord,
  type ScoreInterval,
} from './statistics/confidence-interval.js';
export { holm } from './statistics/holm.js';
export {
  IDF_UNDER_RESAMPLING,
  resamplingStatistics,
  type MetricStatistics,
  type ResamplingSource,
} from './statistics/metric-statistics.js';
export {
  pairedBootstrap,
  type PairedBootstrap,
  type PairedDifference,
} from './statistics/paired-bootstrap.js';
export {
  DEFAULT_RESAMPLES,
  MAX_RESAMPLES,
  MIN_RESAMPLES,
  type ResamplingOptions,
} from './statistics/resampling-options.js';
export type { ScoredRun } from './statistics/scored-run.js';
export type { SeededSystem, SeedRun } from './statistics/seeded-system.js';
export type { Interval } from './statistics/spread.js';
export {
  twoLevelBootstrap,
  type LevelOfDifference,
  type TwoLevelBootstrap,
  type TwoLevelDifference,
} from './statistics/two-level-bootstrap.js';
export {
  varianceComponents,
  type ScoreVariance,
  type StandardErrors,
  type VarianceComponents,
} from './statistics/variance-components.js';
export type { StudentResult } from './statistics/welch.js';
export {
  tokenizeItems,
  type CaptionContext,
  type CaptionItem,
  type TokenizedCaptions,
} from './tokenize-items.js';
