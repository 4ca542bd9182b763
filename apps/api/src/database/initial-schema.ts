/** The first tables. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class InitialSchema1790000000000 implements MigrationInterface {
  readonly name = 'InitialSchema1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
CREATE TABLE datasets (
  name text CONSTRAINT datasets_pkey PRIMARY KEY,
  digest text NOT NULL,
  source text NOT NULL,
  train_images integer NOT NULL,
  val_images integer NOT NULL,
  test_images integer NOT NULL,
  captions integer NOT NULL,
  quarantined integer NOT NULL,
  -- Whether every training image says what was drawn; the encoder scenes-cnn learns from that.
  has_objects boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Images of every dataset that was ever registered: the only files of the store that are served.
CREATE TABLE dataset_images (
  sha256 text CONSTRAINT dataset_images_pkey PRIMARY KEY
);

CREATE TABLE encoders (
  name text CONSTRAINT encoders_pkey PRIMARY KEY,
  plan_sha256 text NOT NULL,
  weights_sha256 text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tasks (
  id text CONSTRAINT tasks_pkey PRIMARY KEY,
  kind text NOT NULL
    CONSTRAINT tasks_kind_check CHECK (kind IN ('features', 'training', 'evaluation')),
  status text NOT NULL
    CONSTRAINT tasks_status_check
    CHECK (status IN ('waiting', 'queued', 'running', 'finished', 'failed', 'cancelled')),
  depends_on text CONSTRAINT tasks_depends_on_fkey REFERENCES tasks (id),
  -- Order of creation, which is the order in which trainers are called.
  position bigserial NOT NULL,
  -- Retryable failures and lost attempts have separate budgets.
  failures integer NOT NULL DEFAULT 0,
  losses integer NOT NULL DEFAULT 0,
  failure jsonb,
  is_cancel_requested boolean NOT NULL DEFAULT false,
  -- NULL: no message was sent yet (the outbox).
  rung_at timestamptz,
  duration_ms integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  -- When it last got another life after a failure or a cancel; NULL: it never did.
  revived_at timestamptz
);
CREATE INDEX tasks_depends_on_idx ON tasks (depends_on);
CREATE INDEX tasks_queued_idx ON tasks (rung_at) WHERE status = 'queued';

CREATE TABLE attempts (
  id text CONSTRAINT attempts_pkey PRIMARY KEY,
  task_id text NOT NULL CONSTRAINT attempts_task_id_fkey REFERENCES tasks (id),
  number integer NOT NULL,
  token_sha256 text NOT NULL,
  trainer text NOT NULL,
  status text NOT NULL
    CONSTRAINT attempts_status_check
    CHECK (status IN ('running', 'finished', 'failed', 'lost', 'cancelled')),
  lease_until timestamptz NOT NULL,
  -- Step of the checkpoint from which this attempt went on; NULL: from the start.
  resume_step integer,
  progress jsonb,
  failure jsonb,
  started_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CONSTRAINT attempts_task_id_number_key UNIQUE (task_id, number)
);
CREATE INDEX attempts_running_idx ON attempts (lease_until) WHERE status = 'running';
CREATE UNIQUE INDEX attempts_one_running_idx ON attempts (task_id) WHERE status = 'running';

CREATE TABLE points (
  attempt_id text NOT NULL CONSTRAINT points_attempt_id_fkey REFERENCES attempts (id),
  name text NOT NULL,
  step integer NOT NULL,
  value double precision NOT NULL,
  -- Order of arrival, the event id of live curves.
  row_number bigserial NOT NULL,
  CONSTRAINT points_pkey PRIMARY KEY (attempt_id, name, step)
);
CREATE INDEX points_row_number_idx ON points (attempt_id, row_number);

CREATE TABLE checkpoints (
  attempt_id text NOT NULL CONSTRAINT checkpoints_attempt_id_fkey REFERENCES attempts (id),
  step integer NOT NULL,
  state_sha256 text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT checkpoints_pkey PRIMARY KEY (attempt_id, step)
);

CREATE TABLE feature_sets (
  id text CONSTRAINT feature_sets_pkey PRIMARY KEY,
  key text NOT NULL CONSTRAINT feature_sets_key_key UNIQUE,
  task_id text NOT NULL CONSTRAINT feature_sets_task_id_fkey REFERENCES tasks (id),
  dataset_digest text NOT NULL,
  image_limit integer,
  encoder jsonb NOT NULL,
  plan_sha256 text,
  weights_sha256 text,
  features_sha256 text,
  encoder_sha256 text,
  regions integer,
  channels integer,
  images integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT feature_sets_task_id_key UNIQUE (task_id)
);

CREATE TABLE trainings (
  id text CONSTRAINT trainings_pkey PRIMARY KEY,
  key text NOT NULL CONSTRAINT trainings_key_key UNIQUE,
  task_id text NOT NULL CONSTRAINT trainings_task_id_fkey REFERENCES tasks (id),
  feature_set_id text NOT NULL
    CONSTRAINT trainings_feature_set_id_fkey REFERENCES feature_sets (id),
  spec jsonb NOT NULL,
  weights_sha256 text,
  vocabulary_sha256 text,
  vocabulary_size integer,
  parameters integer,
  best_step integer,
  steps integer,
  epochs double precision,
  best_perplexity double precision,
  stop_reason text
    CONSTRAINT trainings_stop_reason_check
    CHECK (stop_reason IN ('max-epochs', 'max-steps', 'early-stop')),
  engine jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT trainings_task_id_key UNIQUE (task_id)
);
CREATE INDEX trainings_feature_set_id_idx ON trainings (feature_set_id);

CREATE TABLE evaluations (
  id text CONSTRAINT evaluations_pkey PRIMARY KEY,
  key text NOT NULL CONSTRAINT evaluations_key_key UNIQUE,
  task_id text NOT NULL CONSTRAINT evaluations_task_id_fkey REFERENCES tasks (id),
  training_id text NOT NULL CONSTRAINT evaluations_training_id_fkey REFERENCES trainings (id),
  decode jsonb NOT NULL,
  predictions_sha256 text,
  -- As the metrics give them, not times 100; NULL: not measured.
  bleu1 double precision,
  bleu2 double precision,
  bleu3 double precision,
  bleu4 double precision,
  rouge_l double precision,
  cider_d double precision,
  signature text,
  captions integer,
  engine jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT evaluations_task_id_key UNIQUE (task_id)
);
CREATE INDEX evaluations_training_id_idx ON evaluations (training_id);

CREATE TABLE sweeps (
  id text CONSTRAINT sweeps_pkey PRIMARY KEY,
  name text NOT NULL,
  dataset text NOT NULL,
  -- json, not jsonb: the order in which factors are named is the order in which they are shown.
  spec json NOT NULL,
  factors json NOT NULL,
  dropped json NOT NULL,
  idempotency_key text CONSTRAINT sweeps_idempotency_key_key UNIQUE,
  request_sha256 text NOT NULL,
  -- Order of launching; pages go backwards along it.
  position bigserial NOT NULL CONSTRAINT sweeps_position_key UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When it last asked for its tasks: launched or retried. By the clock, as transactions wait for
  -- each other; later than the revival of a task that it revived itself.
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  cancelled_at timestamptz
);

CREATE TABLE trials (
  id text CONSTRAINT trials_pkey PRIMARY KEY,
  sweep_id text NOT NULL CONSTRAINT trials_sweep_id_fkey REFERENCES sweeps (id),
  number integer NOT NULL,
  assignment json NOT NULL,
  seed bigint NOT NULL,
  spec jsonb NOT NULL,
  training_id text NOT NULL CONSTRAINT trials_training_id_fkey REFERENCES trainings (id),
  evaluation_id text NOT NULL CONSTRAINT trials_evaluation_id_fkey REFERENCES evaluations (id),
  is_training_reused boolean NOT NULL DEFAULT false,
  is_evaluation_reused boolean NOT NULL DEFAULT false,
  CONSTRAINT trials_sweep_id_number_key UNIQUE (sweep_id, number)
);
CREATE INDEX trials_training_id_idx ON trials (training_id);
CREATE INDEX trials_evaluation_id_idx ON trials (evaluation_id);

-- Which tasks a sweep needs.
CREATE VIEW sweep_tasks AS
  SELECT trials.sweep_id, evaluations.task_id
  FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id
  UNION
  SELECT trials.sweep_id, trainings.task_id
  FROM trials JOIN trainings ON trainings.id = trials.training_id
  UNION
  SELECT trials.sweep_id, feature_sets.task_id
  FROM trials
  JOIN trainings ON trainings.id = trials.training_id
  JOIN feature_sets ON feature_sets.id = trainings.feature_set_id;

-- The one place that derives a trial's status from its tasks. A failed or cancelled dependency
-- fails or cancels its evaluation, so the evaluation's status comes first.
CREATE VIEW trial_states AS
  SELECT
    trials.id AS trial_id,
    trials.sweep_id,
    CASE
      WHEN evaluating.status IN ('finished', 'failed', 'cancelled') THEN evaluating.status
      WHEN evaluating.status = 'running' THEN 'evaluating'
      WHEN training.status = 'running' THEN 'training'
      WHEN extracting.status = 'running' THEN 'extracting'
      ELSE 'queued'
    END AS status,
    extracting.id AS features_task_id,
    training.id AS training_task_id,
    evaluating.id AS evaluation_task_id,
    CASE
      WHEN training.status = 'running' THEN training.id
      WHEN extracting.status = 'running' THEN extracting.id
      ELSE evaluating.id
    END AS active_task_id
  FROM trials
  JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN tasks evaluating ON evaluating.id = evaluations.task_id
  JOIN trainings ON trainings.id = trials.training_id
  JOIN tasks training ON training.id = trainings.task_id
  JOIN feature_sets ON feature_sets.id = trainings.feature_set_id
  JOIN tasks extracting ON extracting.id = feature_sets.task_id;
`;

const DOWN = `
DROP VIEW trial_states;
DROP VIEW sweep_tasks;
DROP TABLE trials;
DROP TABLE sweeps;
DROP TABLE evaluations;
DROP TABLE trainings;
DROP TABLE feature_sets;
DROP TABLE checkpoints;
DROP TABLE points;
DROP TABLE attempts;
DROP TABLE tasks;
DROP TABLE encoders;
DROP TABLE dataset_images;
DROP TABLE datasets;
`;
