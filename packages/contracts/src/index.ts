/** Schemas of all that crosses a process, sweep expansion, keys, routes and the typed client. */
export { readPath, trialPath } from './assemble-trial.js';
export {
  AttentionMaps,
  packAttention,
  unpackAttention,
  type AttentionOfWord,
} from './attention-maps.js';
export { canonicalJson } from './canonical-json.js';
export { ApiError, callApi, fillPath, type ApiClient } from './client.js';
export {
  Comparison,
  COMPARISON_LEVELS,
  ComparisonCell,
  ComparisonQuery,
  ComparisonRow,
  Difference,
  StandardErrors,
  UNRESAMPLED_SCORES,
} from './comparison.js';
export {
  Caption,
  Dataset,
  DatasetImage,
  DatasetManifest,
  DatasetName,
  Encoder,
  QuarantinedImage,
  RegisterDatasetRequest,
  RegisterEncoderRequest,
  RegisterVectorsRequest,
  SceneObject,
  WordVectors,
} from './dataset.js';
export { cutEncoder, EncoderCutError, type EncoderCut } from './encoder-cut.js';
export {
  EncoderPlan,
  parseEncoderPlan,
  type ConvolutionLayer,
  type PlanLayer,
} from './encoder-plan.js';
export { findPlanFault } from './encoder-plan-fit.js';
export { EncoderSpec, trainedLayersOf } from './encoder-spec.js';
export { decodeAsRead, DecodeSpec, Split, SPLITS } from './decode-spec.js';
export { describeDecoding } from './describe-decoding.js';
export { describeIntervals, describeLowerBetter, describeUnits } from './describe-columns.js';
export { describeComparison, isSignificant } from './describe-comparison.js';
export {
  describeAssignment,
  expandSweep,
  MAX_CELLS,
  SweepTooLargeError,
  type Cell,
  type Expansion,
} from './expand-sweep.js';
export { findPlace } from './option-choices.js';
export { groupDropped, type DroppedCause, type DroppedCauses } from './group-dropped.js';
export { formatFactorValue, labelFactors } from './factor-words.js';
export {
  evaluationKey,
  featureKey,
  hashJson,
  trainingKey,
  trialKey,
  type ResolvedInputs,
} from './keys.js';
export { findKindFootnotes, type KindFootnote, type KindFootnotes } from './kind-footnotes.js';
export { nameNumbers } from './name-numbers.js';
export { checkSweep, parseSweep, type ParsedSweep } from './parse-sweep.js';
export {
  Prediction,
  PREDICTION_SORTS,
  PredictionsFile,
  PredictionsPage,
  PredictionsQuery,
} from './predictions.js';
export { PHASES, POINT_NAMES, Point, Progress } from './progress.js';
export {
  ComparableRows,
  PrintedRow,
  ResultsCell,
  ResultsColumn,
  ResultsRow,
  ResultsTable,
} from './results-table.js';
export { eventRoutes, imageRoute, routes, SweepsQuery, type Route } from './routes.js';
export { labelScore, SCORE_PRINT, ScoreUnit, toPrintUnit, type ScorePrint } from './score-print.js';
export {
  MeasuredScore,
  MeasuredScores,
  SCORE_NAMES,
  ScoreInterval,
  ScoreName,
  Scores,
} from './scores.js';
export { ScheduleSpec } from './schedule-spec.js';
export { ScoringSpec } from './scoring-spec.js';
export { SelfCriticalSpec } from './self-critical-spec.js';
export { Sha256, STORE_FOLDER, storePath } from './sha256.js';
export { issueLine, SpecIssue, toSpecIssue } from './spec-issue.js';
export {
  DroppedCell,
  Evaluation,
  Health,
  LaunchSweepRequest,
  PointList,
  Problem,
  Sweep,
  SweepPage,
  SweepPreview,
  SweepProgress,
  SweepStatus,
  SweepSummary,
  Training,
  Trial,
  TRIAL_STATUSES,
  TrialList,
  TrialStatus,
  TrialSummary,
} from './sweep.js';
export {
  Assignment,
  FactorValue,
  PublishedRow,
  PublishedTable,
  SweepSpec,
  type SweepSpecInput,
} from './sweep-spec.js';
export {
  Attempt,
  ATTEMPT_STATUSES,
  AttemptStatus,
  CancelledRequest,
  CheckpointRequest,
  Claim,
  ClaimRequest,
  EngineRecord,
  EvaluationResult,
  EvaluationWork,
  FailRequest,
  Failure,
  FeaturesResult,
  FeaturesWork,
  FinishRequest,
  Heartbeat,
  HeartbeatRequest,
  PointsRequest,
  STOP_REASONS,
  type PlanFiles,
  type VectorFiles,
  TASK_KINDS,
  TASK_QUEUE,
  TASK_STATUSES,
  TaskKind,
  TaskMessage,
  TaskResult,
  TaskStatus,
  TrainingResult,
  TrainingWork,
  Work,
} from './task.js';
export { AdaptiveSpec } from './model/adaptive.js';
export { ArnnSpec } from './model/arnn.js';
export { FcnSpec } from './model/fcn.js';
export type { ImageSpec } from './model/image-options.js';
export {
  DECODER_KINDS,
  ModelSpec,
  type DecoderKind,
  type ModelSpecOf,
  type NeuralSpec,
  vectorsOf,
} from './model/model-spec.js';
export { NicSpec } from './model/nic.js';
export { readersOf } from './model/option-readers.js';
export type { OutputSpec } from './model/output-options.js';
export { SatSpec } from './model/sat.js';
export { ShowAttendTellSpec } from './model/show-attend-tell.js';
export { RetrievalSpec } from './model/retrieval.js';
export { TanhRnnSpec } from './model/tanh-rnn.js';
export { UpDownSpec } from './model/up-down.js';
export { DataSpec, OptimizerSpec, TrainingSpec, crossEntropySpec } from './training-spec.js';
export { TrialSpec } from './trial-spec.js';
