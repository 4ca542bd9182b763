/** All tables, as the drift test compares them with the migrations. */
import type { Assignment, EncoderSpec, EngineRecord, Failure, Progress } from '@capgrid/contracts';
import {
  count,
  createdAt,
  flag,
  instant,
  integer,
  integerKey,
  json,
  key,
  optional,
  orderedJson,
  score,
  serial,
  table,
  text,
} from './table.js';

export type DatasetRow = {
  name: string;
  digest: string;
  source: string;
  train_images: number;
  val_images: number;
  test_images: number;
  captions: number;
  quarantined: number;
  has_objects: boolean;
  created_at: Date;
};
export const DatasetTable = table<DatasetRow>('datasets', {
  name: { ...key },
  digest: text,
  source: text,
  train_images: integer,
  val_images: integer,
  test_images: integer,
  captions: integer,
  quarantined: integer,
  has_objects: flag,
  created_at: createdAt,
});

const DatasetImageTable = table<{ sha256: string }>('dataset_images', {
  sha256: { ...key },
});

export type EncoderRow = {
  name: string;
  plan_sha256: string;
  weights_sha256: string;
  created_at: Date;
};
export const EncoderTable = table<EncoderRow>('encoders', {
  name: { ...key },
  plan_sha256: text,
  weights_sha256: text,
  created_at: createdAt,
});

type TaskRow = {
  id: string;
  kind: string;
  status: string;
  depends_on: string | null;
  position: string;
  failures: number;
  losses: number;
  failure: Failure | null;
  is_cancel_requested: boolean;
  rung_at: Date | null;
  duration_ms: number | null;
  created_at: Date;
  finished_at: Date | null;
  revived_at: Date | null;
};
const TaskTable = table<TaskRow>(
  'tasks',
  {
    id: { ...key },
    kind: text,
    status: text,
    depends_on: optional(text),
    position: serial,
    failures: count,
    losses: count,
    failure: optional(json),
    is_cancel_requested: flag,
    rung_at: optional(instant),
    duration_ms: optional(integer),
    created_at: createdAt,
    finished_at: optional(instant),
    revived_at: optional(instant),
  },
  {
    references: { depends_on: 'tasks' },
    checks: {
      kind: "kind IN ('features', 'training', 'evaluation')",
      status: "status IN ('waiting', 'queued', 'running', 'finished', 'failed', 'cancelled')",
    },
    indices: [{ name: 'tasks_queued_idx', columns: ['rung_at'], where: "status = 'queued'" }],
  },
);

type AttemptRow = {
  id: string;
  task_id: string;
  number: number;
  token_sha256: string;
  trainer: string;
  status: string;
  lease_until: Date;
  resume_step: number | null;
  progress: Progress | null;
  failure: Failure | null;
  started_at: Date;
  ended_at: Date | null;
};
const AttemptTable = table<AttemptRow>(
  'attempts',
  {
    id: { ...key },
    task_id: text,
    number: integer,
    token_sha256: text,
    trainer: text,
    status: text,
    lease_until: instant,
    resume_step: optional(integer),
    progress: optional(json),
    failure: optional(json),
    started_at: createdAt,
    ended_at: optional(instant),
  },
  {
    references: { task_id: 'tasks' },
    checks: { status: "status IN ('running', 'finished', 'failed', 'lost', 'cancelled')" },
    uniques: [['task_id', 'number']],
    servedByKey: ['task_id'],
    indices: [
      { name: 'attempts_running_idx', columns: ['lease_until'], where: "status = 'running'" },
      {
        name: 'attempts_one_running_idx',
        columns: ['task_id'],
        unique: true,
        where: "status = 'running'",
      },
    ],
  },
);

type PointRow = {
  attempt_id: string;
  name: string;
  step: number;
  value: number;
  row_number: string;
};
const PointTable = table<PointRow>(
  'points',
  {
    attempt_id: { ...key },
    name: { ...key },
    step: { ...integerKey },
    value: score,
    row_number: serial,
  },
  {
    references: { attempt_id: 'attempts' },
    servedByKey: ['attempt_id'],
    indices: [{ name: 'points_row_number_idx', columns: ['attempt_id', 'row_number'] }],
  },
);

type CheckpointRow = { attempt_id: string; step: number; state_sha256: string; created_at: Date };
const CheckpointTable = table<CheckpointRow>(
  'checkpoints',
  {
    attempt_id: { ...key },
    step: { ...integerKey },
    state_sha256: text,
    created_at: createdAt,
  },
  { references: { attempt_id: 'attempts' }, servedByKey: ['attempt_id'] },
);

type FeatureSetRow = {
  id: string;
  key: string;
  task_id: string;
  dataset_digest: string;
  image_limit: number | null;
  encoder: EncoderSpec;
  plan_sha256: string | null;
  weights_sha256: string | null;
  features_sha256: string | null;
  encoder_sha256: string | null;
  regions: number | null;
  channels: number | null;
  images: number | null;
  created_at: Date;
};
const FeatureSetTable = table<FeatureSetRow>(
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
    features_sha256: optional(text),
    encoder_sha256: optional(text),
    regions: optional(integer),
    channels: optional(integer),
    images: optional(integer),
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
  spec: unknown;
  weights_sha256: string | null;
  vocabulary_sha256: string | null;
  vocabulary_size: number | null;
  parameters: number | null;
  best_step: number | null;
  steps: number | null;
  epochs: number | null;
  best_perplexity: number | null;
  stop_reason: string | null;
  engine: EngineRecord | null;
  created_at: Date;
};
const TrainingTable = table<TrainingRow>(
  'trainings',
  {
    id: { ...key },
    key: text,
    task_id: text,
    feature_set_id: text,
    spec: json,
    weights_sha256: optional(text),
    vocabulary_sha256: optional(text),
    vocabulary_size: optional(integer),
    parameters: optional(integer),
    best_step: optional(integer),
    steps: optional(integer),
    epochs: optional(score),
    best_perplexity: optional(score),
    stop_reason: optional(text),
    engine: optional(json),
    created_at: createdAt,
  },
  {
    references: { task_id: 'tasks', feature_set_id: 'feature_sets' },
    checks: { stop_reason: "stop_reason IN ('max-epochs', 'max-steps', 'early-stop')" },
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
  predictions_sha256: string | null;
  bleu1: number | null;
  bleu2: number | null;
  bleu3: number | null;
  bleu4: number | null;
  rouge_l: number | null;
  cider_d: number | null;
  signature: string | null;
  captions: number | null;
  engine: EngineRecord | null;
  created_at: Date;
};
const EvaluationTable = table<EvaluationRow>(
  'evaluations',
  {
    id: { ...key },
    key: text,
    task_id: text,
    training_id: text,
    decode: json,
    predictions_sha256: optional(text),
    bleu1: optional(score),
    bleu2: optional(score),
    bleu3: optional(score),
    bleu4: optional(score),
    rouge_l: optional(score),
    cider_d: optional(score),
    signature: optional(text),
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

type SweepRow = {
  id: string;
  name: string;
  dataset: string;
  spec: unknown;
  factors: string[];
  dropped: unknown;
  idempotency_key: string | null;
  request_sha256: string;
  position: string;
  created_at: Date;
  asked_at: Date;
  cancelled_at: Date | null;
};
const SweepTable = table<SweepRow>(
  'sweeps',
  {
    id: { ...key },
    name: text,
    dataset: text,
    spec: orderedJson,
    factors: orderedJson,
    dropped: orderedJson,
    idempotency_key: optional(text),
    request_sha256: text,
    position: serial,
    created_at: createdAt,
    asked_at: { ...instant, default: () => 'clock_timestamp()' },
    cancelled_at: optional(instant),
  },
  { uniques: [['idempotency_key'], ['position']] },
);

type TrialRow = {
  id: string;
  sweep_id: string;
  number: number;
  assignment: Assignment;
  seed: string;
  spec: unknown;
  training_id: string;
  evaluation_id: string;
  is_training_reused: boolean;
  is_evaluation_reused: boolean;
};
const TrialTable = table<TrialRow>(
  'trials',
  {
    id: { ...key },
    sweep_id: text,
    number: integer,
    assignment: orderedJson,
    seed: { type: 'bigint' },
    spec: json,
    training_id: text,
    evaluation_id: text,
    is_training_reused: flag,
    is_evaluation_reused: flag,
  },
  {
    references: { sweep_id: 'sweeps', training_id: 'trainings', evaluation_id: 'evaluations' },
    uniques: [['sweep_id', 'number']],
    servedByKey: ['sweep_id'],
  },
);

export const TABLES = [
  DatasetTable,
  DatasetImageTable,
  EncoderTable,
  TaskTable,
  AttemptTable,
  PointTable,
  CheckpointTable,
  FeatureSetTable,
  TrainingTable,
  EvaluationTable,
  SweepTable,
  TrialTable,
];
