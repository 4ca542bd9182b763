/** Writes what a task computed beside what it was asked for. */
import type {
  EngineRecord,
  EvaluationResult,
  FeaturesResult,
  TaskResult,
  TrainingResult,
} from '@capgrid/contracts';
import { z } from 'zod';
import { insertRows } from '../database/insert-rows.js';
import { queryRow, type Database } from '../database/query-rows.js';

export async function saveResult(
  database: Database,
  taskId: string,
  result: TaskResult,
): Promise<void> {
  switch (result.kind) {
    case 'features':
      return saveFeatures(database, taskId, result);
    case 'training':
      return saveTraining(database, taskId, result);
    case 'evaluation':
      return saveEvaluation(database, taskId, result);
  }
}

async function saveFeatures(
  database: Database,
  taskId: string,
  result: FeaturesResult,
): Promise<void> {
  await database.query(
    `UPDATE feature_sets SET features_sha256 = $2, encoder_sha256 = $3, regions = $4,
       channels = $5, images = $6, engine = $7
     WHERE task_id = $1`,
    [
      taskId,
      result.featuresSha256,
      result.encoderSha256,
      result.regions,
      result.channels,
      result.images,
      result.engine === null ? null : JSON.stringify(result.engine),
    ],
  );
}

/** Of a task that has failed; one that finishes later, in another attempt, writes its own. */
export async function saveEngine(
  database: Database,
  taskId: string,
  engine: EngineRecord,
): Promise<void> {
  const values = [taskId, JSON.stringify(engine)];
  await database.query('UPDATE trainings SET engine = $2 WHERE task_id = $1', values);
  await database.query('UPDATE evaluations SET engine = $2 WHERE task_id = $1', values);
}

async function saveTraining(
  database: Database,
  taskId: string,
  result: TrainingResult,
): Promise<void> {
  await database.query(
    `UPDATE trainings SET weights_sha256 = $2, vocabulary_sha256 = $3, vocabulary_size = $4,
       parameters = $5, best_step = $6, steps = $7, epochs = $8, best_perplexity = $9,
       best_cider_d = $10, stop_reason = $11, vector_coverage = $12, engine = $13,
       earlier_engines = $14
     WHERE task_id = $1`,
    [
      taskId,
      result.weightsSha256,
      result.vocabularySha256,
      result.vocabularySize,
      result.parameters,
      result.bestStep,
      result.steps,
      result.epochs,
      result.bestPerplexity,
      result.bestCiderD,
      result.stopReason,
      result.vectorCoverage,
      JSON.stringify(result.engine),
      JSON.stringify(result.earlierEngines),
    ],
  );
}

async function saveEvaluation(
  database: Database,
  taskId: string,
  result: EvaluationResult,
): Promise<void> {
  const evaluation = await queryRow(
    database,
    z.object({ id: z.string() }),
    `UPDATE evaluations SET predictions_sha256 = $2, captions = $3, engine = $4
     WHERE task_id = $1 RETURNING id`,
    [taskId, result.predictionsSha256, result.captions, JSON.stringify(result.engine)],
  );
  if (evaluation === null) throw new Error(`task ${taskId} has no evaluation`);
  // A task that finishes again, after a retry, leaves no score of the time before.
  await database.query('DELETE FROM evaluation_scores WHERE evaluation_id = $1', [evaluation.id]);
  const rows = Object.entries(result.scores).map(([metric, { value, signature, interval }]) => ({
    evaluation_id: evaluation.id,
    metric,
    value,
    signature,
    interval_low: interval?.low ?? null,
    interval_high: interval?.high ?? null,
  }));
  await insertRows(
    database,
    'evaluation_scores',
    ['evaluation_id', 'metric', 'value', 'signature', 'interval_low', 'interval_high'],
    rows,
  );
}
