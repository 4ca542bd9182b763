/** Reads what the results table is made of. */
import {
  Assignment,
  EngineRecord,
  PublishedRow,
  Sha256,
  TrialSpec,
  TrialStatus,
  type ResultsTable,
} from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRow, queryRows } from '../database/query-rows.js';
import { notFound } from '../problems/problem-error.js';
import { SCORES_COLUMN, ScoresColumn } from '../trials/score-column.js';
import { buildResultsTable, type ResultsInput } from './build-results-table.js';

const SweepRow = z.object({
  id: z.string(),
  name: z.string(),
  dataset: z.string(),
  factors: z.array(z.string()),
  published: z.array(PublishedRow),
});
const TrialRow = z.object({
  id: z.string(),
  assignment: Assignment,
  seed: z.coerce.number(),
  spec: TrialSpec,
  status: TrialStatus,
  scores: ScoresColumn,
  captions: z.int().nullable(),
  predictions_sha256: Sha256.nullable(),
  failure_code: z.string().nullable(),
  engines: z.array(EngineRecord),
});

/**
 * For a SELECT list with `evaluations`: the engines of all that it rests on: its features, its trainings, which
 * are its own, those of an ensemble and those that they started from, and itself. `trial_tasks` finds the
 * same, but takes eight times as long for the trials of a large sweep.
 */
const ENGINES_COLUMN = `(
  SELECT COALESCE(jsonb_agg(record), '[]') FROM (
    SELECT engine AS record FROM feature_sets
    WHERE id = trainings.feature_set_id AND engine IS NOT NULL
    UNION ALL SELECT jsonb_array_elements(COALESCE(used.earlier_engines, '[]') || used.engine) AS record
    FROM trainings member JOIN trainings used ON used.id = ANY(ARRAY[member.start_training_id, member.id])
    WHERE member.id = ANY(ARRAY(
      SELECT evaluations.training_id
      UNION ALL SELECT training_id FROM evaluation_members WHERE evaluation_id = evaluations.id
    ))
    UNION ALL SELECT evaluations.engine WHERE evaluations.engine IS NOT NULL
  ) AS computed
) AS engines`;

@Injectable()
export class ResultsService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async table(sweepId: string): Promise<ResultsTable> {
    return buildResultsTable(await this.read(sweepId));
  }

  async read(sweepId: string): Promise<ResultsInput> {
    const sweep = await queryRow(
      this.database,
      SweepRow,
      "SELECT id, name, dataset, factors, spec -> 'published' AS published FROM sweeps WHERE id = $1",
      [sweepId],
    );
    if (sweep === null) throw notFound('sweep', sweepId);
    const trials = await queryRows(
      this.database,
      TrialRow,
      `SELECT trials.id, trials.assignment, trials.seed, trials.spec, trial_states.status,
         evaluations.captions, evaluations.predictions_sha256, ${SCORES_COLUMN},
         tasks.failure ->> 'code' AS failure_code,
         ${ENGINES_COLUMN}
       FROM trials
       JOIN trial_states ON trial_states.trial_id = trials.id
       JOIN evaluations ON evaluations.id = trials.evaluation_id
       JOIN trainings ON trainings.id = trials.training_id
       JOIN tasks ON tasks.id = evaluations.task_id
       WHERE trials.sweep_id = $1 ORDER BY trials.number`,
      [sweepId],
    );
    return {
      sweep,
      trials: trials.map((row) => ({
        id: row.id,
        assignment: row.assignment,
        seed: row.seed,
        spec: row.spec,
        status: row.status,
        scores: row.scores,
        captions: row.captions,
        failureCode: row.failure_code,
        engines: row.engines,
        predictionsSha256: row.predictions_sha256,
      })),
    };
  }
}
