/** Trials: their state, scores and attempts. */
import {
  Assignment,
  Attempt,
  Failure,
  Progress,
  TrialSpec,
  TrialStatus,
  type Trial,
  type TrialList,
  type TrialSummary,
} from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Instant, queryRow, queryRows } from '../database/query-rows.js';
import { notFound } from '../problems/problem-error.js';
import { EvaluationsService } from './evaluations.service.js';
import { SCORES_COLUMN, ScoresColumn, valuesOf } from './score-column.js';
import { TrainingsService } from './trainings.service.js';

const SummaryRow = z.object({
  id: z.string(),
  sweep_id: z.string(),
  number: z.int(),
  assignment: Assignment,
  seed: z.coerce.number(),
  status: TrialStatus,
  scores: ScoresColumn,
  training_id: z.string(),
  evaluation_id: z.string(),
  is_training_reused: z.boolean(),
  is_evaluation_reused: z.boolean(),
  failure: Failure.nullable(),
  progress: Progress.nullable(),
});
const TrialRow = SummaryRow.extend({
  sweep_name: z.string(),
  spec: TrialSpec,
  task_ids: z.array(z.string()),
});

const COLUMNS = `
  trials.id, trials.sweep_id, trials.number, trials.assignment, trials.seed, trials.training_id,
  trials.evaluation_id, trials.is_training_reused, trials.is_evaluation_reused,
  trial_states.status, evaluating.failure, attempts.progress, ${SCORES_COLUMN}`;

const TABLES = `
  trials
  JOIN trial_states ON trial_states.trial_id = trials.id
  JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN tasks evaluating ON evaluating.id = evaluations.task_id
  LEFT JOIN attempts
    ON attempts.task_id = trial_states.active_task_id AND attempts.status = 'running'`;

@Injectable()
export class TrialsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly trainings: TrainingsService,
    private readonly evaluations: EvaluationsService,
  ) {}

  async list(sweepId: string): Promise<TrialList> {
    const rows = await queryRows(
      this.database,
      SummaryRow,
      `SELECT ${COLUMNS} FROM ${TABLES} WHERE trials.sweep_id = $1 ORDER BY trials.number`,
      [sweepId],
    );
    // A sweep is never without trials, so no rows mean no sweep.
    if (rows.length === 0) throw notFound('sweep', sweepId);
    return { trials: rows.map(toSummary) };
  }

  async get(trialId: string): Promise<Trial> {
    const row = await queryRow(
      this.database,
      TrialRow,
      `SELECT ${COLUMNS}, sweeps.name AS sweep_name, trials.spec,
         ARRAY(SELECT task_id FROM trial_tasks(trials.id)) AS task_ids
       FROM ${TABLES} JOIN sweeps ON sweeps.id = trials.sweep_id WHERE trials.id = $1`,
      [trialId],
    );
    if (row === null) throw notFound('trial', trialId);
    const trainings = await this.trainings.ofTasks(row.task_ids);
    const training = trainings.find(({ id }) => id === row.training_id);
    if (training === undefined) throw new Error(`trial ${trialId} needs no training of its own`);
    return {
      ...toSummary(row),
      sweepName: row.sweep_name,
      spec: row.spec,
      training,
      trainings,
      evaluation: await this.evaluations.get(row.evaluation_id),
      attempts: await this.attempts(row.task_ids),
    };
  }

  private async attempts(taskIds: readonly string[]): Promise<Attempt[]> {
    return queryRows(
      this.database,
      AttemptRow,
      `SELECT attempts.id, attempts.task_id AS "taskId", tasks.kind, attempts.number,
         attempts.status, attempts.trainer, attempts.started_at AS "startedAt",
         attempts.ended_at AS "endedAt", attempts.failure
       FROM attempts JOIN tasks ON tasks.id = attempts.task_id
       WHERE attempts.task_id = ANY($1)
       ORDER BY attempts.started_at, attempts.number`,
      [taskIds],
    );
  }
}

const AttemptRow = Attempt.extend({ startedAt: Instant, endedAt: Instant.nullable() });

function toSummary(row: z.infer<typeof SummaryRow>): TrialSummary {
  return {
    id: row.id,
    sweepId: row.sweep_id,
    number: row.number,
    assignment: row.assignment,
    seed: row.seed,
    status: row.status,
    trainingId: row.training_id,
    evaluationId: row.evaluation_id,
    isTrainingReused: row.is_training_reused,
    isEvaluationReused: row.is_evaluation_reused,
    scores: valuesOf(row.scores),
    failure: row.failure,
    progress: row.progress,
  };
}
