/** What tasks compute: feature sets, trainings and evaluations with their scores. */
import type { EncoderSpec, EngineRecord, ScoringSpec } from '@capgrid/contracts';
import {
  createdAt,
  integer,
  integerKey,
  json,
  key,
  optional,
  score,
  table,
  text,
} from './table.js';

type FeatureSetRow = {
  id: string;
  key: string;
  task_id: string;
  dataset_digest: string;
  image_limit: number | null;
  encoder: EncoderSpec;
  plan_sha256: string | null;
  weights_sha256: string | null;
  precomputed_sha256: string | null;
  features_sha256: string | null;
  encoder_sha256: string | null;
  regions: number | null;
  channels: number | null;
  images: number | null;
  engine: EngineRecord | null;
  created_at: Date;
};
export const FeatureSetTable = table<FeatureSetRow>(
  'feature_sets',
  {
    id: { ...key },
    key: text,
    task_id: text,
    dataset_digest: text,
    image_limit: optional(integer),
    encoder: json,
    plan_sha256: optional(text),
    weights_sha256: optional(text),
    precomputed_sha256: optional(text),
    features_sha256: optional(text),
    encoder_sha256: optional(text),
    regions: optional(integer),
    channels: optional(integer),
    images: optional(integer),
    engine: optional(json),
    created_at: createdAt,
  },
  {
    references: { task_id: 'tasks' },
    uniques: [['key'], ['task_id']],
    servedByKey: ['task_id'],
  },
);

type TrainingRow = {
  id: string;
  key: string;
  task_id: string;
  feature_set_id: string;
  start_training_id: string | null;
  spec: unknown;
  vectors_sha256: string | null;
  vector_words_sha256: string | null;
  weights_sha256: string | null;
  vocabulary_sha256: string | null;
  vocabulary_size: number | null;
  parameters: number | null;
  best_step: number | null;
  steps: number | null;
  epochs: number | null;
  best_perplexity: number | null;
  best_cider_d: number | null;
  stop_reason: string | null;
  vector_coverage: number | null;
  engine: EngineRecord | null;
  earlier_engines: EngineRecord[] | null;
  created_at: Date;
};
export const TrainingTable = table<TrainingRow>(
  'trainings',
  {
    id: { ...key },
    key: text,
    task_id: text,
    feature_set_id: text,
    start_training_id: optional(text),
    spec: json,
    vectors_sha256: optional(text),
    vector_words_sha256: optional(text),
    weights_sha256: optional(text),
    vocabulary_sha256: optional(text),
    vocabulary_size: optional(integer),
    parameters: optional(integer),
    best_step: optional(integer),
    steps: optional(integer),
    epochs: optional(score),
    best_perplexity: optional(score),
    best_cider_d: optional(score),
    stop_reason: optional(text),
    vector_coverage: optional(score),
    engine: optional(json),
    earlier_engines: optional(json),
    created_at: createdAt,
  },
  {
    references: {
      task_id: 'tasks',
      feature_set_id: 'feature_sets',
      start_training_id: 'trainings',
    },
    checks: {
      stop_reason: "stop_reason IN ('max-epochs', 'max-steps', 'early-stop')",
      vectors_sha256: '(vectors_sha256 IS NULL) = (vector_words_sha256 IS NULL)',
    },
    uniques: [['key'], ['task_id']],
    servedByKey: ['task_id'],
  },
);

type EvaluationRow = {
  id: string;
  key: string;
  task_id: string;
  training_id: string;
  decode: unknown;
  scoring: ScoringSpec | null;
  predictions_sha256: string | null;
  captions: number | null;
  engine: EngineRecord | null;
  created_at: Date;
};
export const EvaluationTable = table<EvaluationRow>(
  'evaluations',
  {
    id: { ...key },
    key: text,
    task_id: text,
    training_id: text,
    decode: json,
    scoring: optional(json),
    predictions_sha256: optional(text),
    captions: optional(integer),
    engine: optional(json),
    created_at: createdAt,
  },
  {
    references: { task_id: 'tasks', training_id: 'trainings' },
    uniques: [['key'], ['task_id']],
    servedByKey: ['task_id'],
  },
);

/** The trainings of an ensemble beside the evaluation's own. */
type EvaluationMemberRow = { evaluation_id: string; number: number; training_id: string };
export const EvaluationMemberTable = table<EvaluationMemberRow>(
  'evaluation_members',
  { evaluation_id: { ...key }, number: { ...integerKey }, training_id: text },
  {
    references: { evaluation_id: 'evaluations', training_id: 'trainings' },
    servedByKey: ['evaluation_id'],
  },
);

type EvaluationScoreRow = {
  evaluation_id: string;
  metric: string;
  value: number;
  signature: string;
  interval_low: number | null;
  interval_high: number | null;
};
export const EvaluationScoreTable = table<EvaluationScoreRow>(
  'evaluation_scores',
  {
    evaluation_id: { ...key },
    metric: { ...key },
    value: score,
    signature: text,
    interval_low: optional(score),
    interval_high: optional(score),
  },
  {
    references: { evaluation_id: 'evaluations' },
    checks: { interval_low: '(interval_low IS NULL) = (interval_high IS NULL)' },
    servedByKey: ['evaluation_id'],
  },
);
