/** Writes what a task computed beside what it was asked for. */
import type {
  EngineRecord,
  EvaluationResult,
  FeaturesResult,
  TaskResult,
  TrainingResult,
} from '@capgrid/contracts';
import type { Database } from '../database/query-rows.js';

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
       channels = $5, images = $6
     WHERE task_id = $1`,
    [
      taskId,
      result.featuresSha256,
      result.encoderSha256,
      result.regions,
      result.channels,
      result.images,
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
       stop_reason = $10, engine = $11
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
      result.stopReason,
      JSON.stringify(result.engine),
    ],
  );
}

async function saveEvaluation(
  database: Database,
  taskId: string,
  result: EvaluationResult,
): Promise<void> {
  const { scores } = result;
  await database.query(
    `UPDATE evaluations SET predictions_sha256 = $2, bleu1 = $3, bleu2 = $4, bleu3 = $5,
       bleu4 = $6, rouge_l = $7, cider_d = $8, signature = $9, captions = $10, engine = $11
     WHERE task_id = $1`,
    [
      taskId,
      result.predictionsSha256,
      scores.bleu1,
      scores.bleu2,
      scores.bleu3,
      scores.bleu4,
      scores.rougeL,
      scores.ciderD,
      result.signature,
      result.captions,
      JSON.stringify(result.engine),
    ],
  );
}
