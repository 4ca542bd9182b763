/** What a trainer is told to do, put together from rows. */
import {
  DecodeSpec,
  EncoderSpec,
  ScoringSpec,
  Sha256,
  TrainingSpec,
  toSpecIssue,
  trainedLayersOf,
  type PlanFiles,
  type TaskKind,
  type Work,
} from '@capgrid/contracts';
import { z } from 'zod';
import { queryRow, type Database } from '../database/query-rows.js';

const FeatureSetInput = z.object({
  dataset_digest: Sha256,
  image_limit: z.int().nullable(),
  encoder: EncoderSpec,
  plan_sha256: Sha256.nullable(),
  weights_sha256: Sha256.nullable(),
  precomputed_sha256: Sha256.nullable(),
});

/** The rows of a task hold what this release does not know, e.g. an option that is gone. */
export class UnreadableWorkError extends Error {
  override readonly name = 'UnreadableWorkError';
}

/** The encoder's files; NULL for one that its spec describes whole. */
const PlanColumns = {
  plan_sha256: Sha256.nullable(),
  encoder_weights_sha256: Sha256.nullable(),
};

const TrainingInput = z.object({
  ...PlanColumns,
  spec: TrainingSpec,
  dataset_digest: Sha256,
  features_sha256: Sha256,
  vectors_sha256: Sha256.nullable(),
  vector_words_sha256: Sha256.nullable(),
  start_weights_sha256: Sha256.nullable(),
  resume_step: z.int().nullable(),
  resume_sha256: Sha256.nullable(),
});

const EvaluationInput = z.object({
  ...PlanColumns,
  spec: TrainingSpec,
  decode: DecodeSpec,
  scoring: ScoringSpec.nullable(),
  dataset_digest: Sha256,
  features_sha256: Sha256,
  weights_sha256: Sha256,
  member_weights: z.array(Sha256),
  vocabulary_sha256: Sha256,
});

/** @throws UnreadableWorkError */
export async function buildWork(
  database: Database,
  task: { id: string; kind: TaskKind },
  /** For evaluations that were asked for before there was a choice. */
  scoring: ScoringSpec,
): Promise<Work> {
  switch (task.kind) {
    case 'features':
      return featuresWork(database, task.id);
    case 'training':
      return trainingWork(database, task.id);
    case 'evaluation':
      return evaluationWork(database, task.id, scoring);
  }
}

async function featuresWork(database: Database, taskId: string): Promise<Work> {
  const row = await read(
    database,
    FeatureSetInput,
    `SELECT dataset_digest, image_limit, encoder, plan_sha256, weights_sha256,
       precomputed_sha256
     FROM feature_sets WHERE task_id = $1`,
    taskId,
  );
  const { plan_sha256: planSha256, weights_sha256: weightsSha256 } = row;
  return {
    kind: 'features',
    datasetDigest: row.dataset_digest,
    limit: row.image_limit,
    encoder: row.encoder,
    plan: planSha256 === null || weightsSha256 === null ? null : { planSha256, weightsSha256 },
    precomputedSha256: row.precomputed_sha256,
  };
}

async function trainingWork(database: Database, taskId: string): Promise<Work> {
  // The newest attempt that left a checkpoint has gone furthest: it went on from the one before.
  const row = await read(
    database,
    TrainingInput,
    `SELECT trainings.spec, trainings.vectors_sha256, trainings.vector_words_sha256,
       feature_sets.dataset_digest, feature_sets.features_sha256,
       feature_sets.plan_sha256, feature_sets.weights_sha256 AS encoder_weights_sha256,
       start.weights_sha256 AS start_weights_sha256,
       newest.step AS resume_step, newest.state_sha256 AS resume_sha256
     FROM trainings
     JOIN feature_sets ON feature_sets.id = trainings.feature_set_id
     LEFT JOIN trainings start ON start.id = trainings.start_training_id
     LEFT JOIN LATERAL (
       SELECT checkpoints.step, checkpoints.state_sha256
       FROM checkpoints JOIN attempts ON attempts.id = checkpoints.attempt_id
       WHERE attempts.task_id = trainings.task_id
       ORDER BY attempts.number DESC, checkpoints.step DESC LIMIT 1
     ) newest ON true
     WHERE trainings.task_id = $1`,
    taskId,
  );
  const { resume_step: step, resume_sha256: stateSha256 } = row;
  const { vectors_sha256: vectorsSha256, vector_words_sha256: wordsSha256 } = row;
  return {
    kind: 'training',
    spec: row.spec,
    datasetDigest: row.dataset_digest,
    featuresSha256: row.features_sha256,
    plan: planOf(row),
    vectors: vectorsSha256 === null || wordsSha256 === null ? null : { vectorsSha256, wordsSha256 },
    startWeightsSha256: row.start_weights_sha256,
    resume: step === null || stateSha256 === null ? null : { step, stateSha256 },
  };
}

async function evaluationWork(
  database: Database,
  taskId: string,
  scoring: ScoringSpec,
): Promise<Work> {
  const row = await read(
    database,
    EvaluationInput,
    `SELECT trainings.spec, evaluations.decode, evaluations.scoring, feature_sets.dataset_digest,
       feature_sets.features_sha256, feature_sets.plan_sha256,
       feature_sets.weights_sha256 AS encoder_weights_sha256,
       trainings.weights_sha256, trainings.vocabulary_sha256,
       ARRAY(
         SELECT member.weights_sha256
         FROM evaluation_members JOIN trainings member ON member.id = evaluation_members.training_id
         WHERE evaluation_members.evaluation_id = evaluations.id
         ORDER BY evaluation_members.number
       ) AS member_weights
     FROM evaluations
     JOIN trainings ON trainings.id = evaluations.training_id
     JOIN feature_sets ON feature_sets.id = trainings.feature_set_id
     WHERE evaluations.task_id = $1`,
    taskId,
  );
  return {
    kind: 'evaluation',
    spec: row.spec,
    decode: row.decode,
    scoring: row.scoring ?? scoring,
    datasetDigest: row.dataset_digest,
    featuresSha256: row.features_sha256,
    plan: planOf(row),
    weightsSha256: row.weights_sha256,
    memberWeightsSha256: row.member_weights,
    vocabularySha256: row.vocabulary_sha256,
  };
}

/** Only a training that changes the encoder needs its files. */
function planOf(row: {
  spec: TrainingSpec;
  plan_sha256: string | null;
  encoder_weights_sha256: string | null;
}): PlanFiles | null {
  const { plan_sha256: planSha256, encoder_weights_sha256: weightsSha256 } = row;
  if (trainedLayersOf(row.spec.encoder) === 0) return null;
  return planSha256 === null || weightsSha256 === null ? null : { planSha256, weightsSha256 };
}

async function read<Row extends z.ZodType>(
  database: Database,
  row: Row,
  sql: string,
  taskId: string,
): Promise<z.output<Row>> {
  const found = await queryRow(database, z.unknown(), sql, [taskId]);
  if (found === null) throw new Error(`task ${taskId} has no work; each task is created with it`);
  const parsed = row.safeParse(found, { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 5).map((issue) => {
    const { path, value, message } = toSpecIssue(issue);
    return `${path} is ${value === null ? message : `${value} (${message})`}`;
  });
  throw new UnreadableWorkError(
    `This release cannot read what was asked for: ${faults.join('; ')}. Launch the sweep again.`,
  );
}
