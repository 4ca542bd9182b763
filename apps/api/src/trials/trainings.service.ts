/** Trainings and their curves. */
import {
  EngineRecord,
  Point,
  Sha256,
  STOP_REASONS,
  TaskStatus,
  type PointList,
  type Training,
} from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { concatMap, from, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRow, queryRows } from '../database/query-rows.js';
import { ChangeFeed } from '../events/change-feed.js';
import type { ServerEvent } from '../http/send-events.js';
import { notFound, ProblemError } from '../problems/problem-error.js';

/** Points in one event. */
const EVENT_POINTS = 2_000;

const TrainingRow = z.object({
  id: z.string(),
  task_id: z.string(),
  key: Sha256,
  status: TaskStatus,
  seed: z.coerce.number(),
  start_training_id: z.string().nullable(),
  vocabulary_size: z.int().nullable(),
  parameters: z.int().nullable(),
  best_step: z.int().nullable(),
  steps: z.int().nullable(),
  epochs: z.number().nullable(),
  best_perplexity: z.number().nullable(),
  best_cider_d: z.number().nullable(),
  stop_reason: z.enum(STOP_REASONS).nullable(),
  vector_coverage: z.number().nullable(),
  engine: EngineRecord.nullable(),
  earlier_engines: z.array(EngineRecord).nullable(),
  duration_ms: z.int().nullable(),
  weights_sha256: Sha256.nullable(),
  trials: z.int(),
});

const TRAININGS = `
  SELECT trainings.*, trainings.spec->>'seed' AS seed, tasks.status, tasks.duration_ms,
    (SELECT count(*)::integer FROM task_trials(trainings.task_id)) AS trials
  FROM trainings JOIN tasks ON tasks.id = trainings.task_id`;

const PointRow = z.object({ ...Point.shape, row_number: z.coerce.number() });

/**
 * An attempt went on from `resume_step` of the one before (NULL: from the start), so what earlier
 * attempts said of later steps is void. So is what an attempt says again: one whose checkpoint
 * could not be read started at step 0.
 */
const ACCEPTED_POINTS = `
  FROM points
  JOIN attempts ON attempts.id = points.attempt_id
  JOIN trainings ON trainings.task_id = attempts.task_id
  WHERE trainings.id = $1 AND NOT EXISTS (
    SELECT FROM attempts later
    WHERE later.task_id = attempts.task_id AND later.number > attempts.number
      AND (
        points.step > COALESCE(later.resume_step, -1)
        OR EXISTS (
          SELECT FROM points again
          WHERE again.attempt_id = later.id AND again.name = points.name
            AND again.step = points.step
        )
      )
  )`;

@Injectable()
export class TrainingsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly feed: ChangeFeed,
  ) {}

  async get(trainingId: string): Promise<Training> {
    const row = await queryRow(this.database, TrainingRow, `${TRAININGS} WHERE trainings.id = $1`, [
      trainingId,
    ]);
    if (row === null) throw notFound('training', trainingId);
    return toTraining(row);
  }

  /** Of these tasks: of each seed in turn, what a self-critical training starts from first. */
  async ofTasks(taskIds: readonly string[]): Promise<Training[]> {
    const rows = await queryRows(
      this.database,
      TrainingRow,
      `${TRAININGS} WHERE trainings.task_id = ANY($1)
       ORDER BY (trainings.spec->>'seed')::bigint, trainings.start_training_id IS NOT NULL`,
      [taskIds],
    );
    return rows.map(toTraining);
  }

  async points(trainingId: string): Promise<PointList> {
    await this.mustExist(trainingId);
    const points = await queryRows(
      this.database,
      Point.strip(),
      `SELECT points.name, points.step, points.value ${ACCEPTED_POINTS}
       ORDER BY points.name, points.step`,
      [trainingId],
    );
    return { points };
  }

  /** Goes on after the row number that the browser saw last. */
  async events(trainingId: string, lastEventId: string | null): Promise<Observable<ServerEvent>> {
    await this.mustExist(trainingId);
    let seen = lastEventId === null ? 0 : readEventId(lastEventId);
    const readNew = async (): Promise<ServerEvent[]> => {
      const events: ServerEvent[] = [];
      for (;;) {
        const rows = await queryRows(
          this.database,
          PointRow,
          `SELECT points.name, points.step, points.value, points.row_number ${ACCEPTED_POINTS}
           AND points.row_number > $2 ORDER BY points.row_number LIMIT ${EVENT_POINTS}`,
          [trainingId, seen],
        );
        seen = rows.at(-1)?.row_number ?? seen;
        const data = rows.map(({ name, step, value }) => ({ name, step, value }));
        if (data.length > 0) events.push({ event: 'points', id: String(seen), data });
        if (rows.length < EVENT_POINTS) return events;
      }
    };
    return this.feed.watch(readNew).pipe(concatMap((events) => from(events)));
  }

  private async mustExist(trainingId: string): Promise<void> {
    const row = await queryRow(
      this.database,
      z.object({ id: z.string() }),
      'SELECT id FROM trainings WHERE id = $1',
      [trainingId],
    );
    if (row === null) throw notFound('training', trainingId);
  }
}

function toTraining(row: z.infer<typeof TrainingRow>): Training {
  return {
    id: row.id,
    taskId: row.task_id,
    key: row.key,
    status: row.status,
    seed: row.seed,
    isSelfCritical: row.start_training_id !== null,
    vocabularySize: row.vocabulary_size,
    parameters: row.parameters,
    bestStep: row.best_step,
    steps: row.steps,
    epochs: row.epochs,
    bestPerplexity: row.best_perplexity,
    bestCiderD: row.best_cider_d,
    stopReason: row.stop_reason,
    vectorCoverage: row.vector_coverage,
    engine: row.engine,
    earlierEngines: row.earlier_engines ?? [],
    durationMs: row.duration_ms,
    weightsSha256: row.weights_sha256,
    trials: row.trials,
  };
}

function readEventId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ProblemError(400, 'invalid-request', `Last-Event-ID "${text}" is not a row number.`);
}
