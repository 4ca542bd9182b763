/** Reads sweeps, cancels them and queues their failed tasks again. */
import {
  DroppedCell,
  SweepSpec,
  type Sweep,
  type SweepPage,
  type SweepProgress,
  type SweepsQuery,
  type SweepSummary,
} from '@capgrid/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { map, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Instant, queryRow, queryRows, type Database } from '../database/query-rows.js';
import { ChangeFeed, notifyChange } from '../events/change-feed.js';
import type { ServerEvent } from '../http/send-events.js';
import { notFound, ProblemError } from '../problems/problem-error.js';
import { TaskBell } from '../queue/task-bell.js';
import { StoreReader } from '../datasets/store-reader.js';
import { findLostResults } from '../tasks/lost-results.js';
import { reviveTasks } from '../tasks/revive-tasks.js';
import { lockTasks } from '../tasks/task-states.js';
import { readProgress } from './read-progress.js';
import { lockSweeps } from './sweep-lock.js';

const SummaryRow = z.object({
  id: z.string(),
  name: z.string(),
  dataset: z.string(),
  position: z.coerce.number(),
  created_at: Instant,
  finished_at: Instant.nullable(),
});
const SweepRow = SummaryRow.extend({
  spec: SweepSpec,
  factors: z.array(z.string()),
  dropped: z.array(DroppedCell),
});
const TaskId = z.object({ id: z.string() });

/** Finished when the last trial ended; for a sweep of reused results, when it was launched. */
const FINISHED_AT = `(
  SELECT greatest(sweeps.created_at, max(tasks.finished_at)) FROM trials
  JOIN evaluations ON evaluations.id = trials.evaluation_id
  JOIN tasks ON tasks.id = evaluations.task_id
  WHERE trials.sweep_id = sweeps.id
  HAVING bool_and(tasks.status IN ('finished', 'failed', 'cancelled'))
) AS finished_at`;

@Injectable()
export class SweepsService {
  private readonly logger = new Logger(SweepsService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly bell: TaskBell,
    private readonly feed: ChangeFeed,
    private readonly store: StoreReader,
  ) {}

  async get(sweepId: string): Promise<Sweep> {
    const row = await queryRow(
      this.database,
      SweepRow,
      `SELECT id, name, dataset, position, created_at, spec, factors, dropped, ${FINISHED_AT}
       FROM sweeps WHERE id = $1`,
      [sweepId],
    );
    if (row === null) throw notFound('sweep', sweepId);
    const { spec, factors, dropped } = row;
    return { ...(await this.summarise(row)), spec, factors, dropped };
  }

  /** Newest first; the cursor is the position of the last sweep of the page before. */
  async list({ cursor, limit }: SweepsQuery): Promise<SweepPage> {
    const before = cursor === undefined ? null : readCursor(cursor);
    const rows = await queryRows(
      this.database,
      SummaryRow,
      `SELECT id, name, dataset, position, created_at, ${FINISHED_AT} FROM sweeps
       WHERE $1::bigint IS NULL OR position < $1 ORDER BY position DESC LIMIT $2`,
      [before, limit + 1],
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      sweeps: await Promise.all(page.map((row) => this.summarise(row))),
      nextCursor: rows.length > limit && last !== undefined ? String(last.position) : null,
    };
  }

  /** Stops what no other live sweep wants; a running task hears of it in its next heartbeat. */
  async cancel(sweepId: string): Promise<Sweep> {
    await this.database.transaction(async (transaction) => {
      await lockSweeps(transaction);
      await mustExist(transaction, sweepId);
      const open = await queryRows(transaction, TaskId, OPEN_TASKS, [sweepId]);
      if (open.length === 0) return; // all ended; there is nothing to cancel
      const ids = open.map((task) => task.id);
      await lockTasks(transaction, ids);
      await transaction.query(
        'UPDATE sweeps SET cancelled_at = COALESCE(cancelled_at, now()) WHERE id = $1',
        [sweepId],
      );
      await transaction.query(CANCEL_UNWANTED, [ids]);
      await notifyChange(transaction);
      this.logger.log({ event: 'sweep.cancelled', sweepId });
    });
    return this.get(sweepId);
  }

  /** Queues failed and cancelled tasks again; finished ones keep their results, if those are there. */
  async retry(sweepId: string): Promise<Sweep> {
    await mustExist(this.database, sweepId);
    const tasks = await queryRows(
      this.database,
      TaskId,
      'SELECT task_id AS id FROM sweep_tasks($1)',
      [sweepId],
    );
    const ids = tasks.map((task) => task.id);
    const lost = await findLostResults(this.database, this.store, ids);
    await this.database.transaction(async (transaction) => {
      await lockSweeps(transaction);
      await reviveTasks(transaction, ids, lost);
      await transaction.query(
        'UPDATE sweeps SET cancelled_at = NULL, asked_at = clock_timestamp() WHERE id = $1',
        [sweepId],
      );
      await notifyChange(transaction);
      this.logger.log({ event: 'sweep.retried', sweepId, lostResults: lost.taskIds.length });
    });
    await this.bell.ringNew();
    return this.get(sweepId);
  }

  async events(sweepId: string): Promise<Observable<ServerEvent>> {
    await mustExist(this.database, sweepId);
    return this.feed
      .watchChanges(() => readProgress(this.database, sweepId))
      .pipe(map((progress: SweepProgress) => ({ event: 'progress', data: progress })));
  }

  private async summarise(row: z.infer<typeof SummaryRow>): Promise<SweepSummary> {
    return {
      id: row.id,
      name: row.name,
      dataset: row.dataset,
      createdAt: row.created_at,
      finishedAt: row.finished_at,
      progress: await readProgress(this.database, row.id),
    };
  }
}

const OPEN_TASKS = `
SELECT tasks.id FROM sweep_tasks($1) needed JOIN tasks ON tasks.id = needed.task_id
WHERE tasks.status IN ('waiting', 'queued', 'running')`;

/** A task that was revived is wanted by who has asked since; for the others it had ended. */
const CANCEL_UNWANTED = `
UPDATE tasks SET
  status = CASE status WHEN 'running' THEN 'running' ELSE 'cancelled' END,
  is_cancel_requested = (status = 'running'),
  finished_at = CASE status WHEN 'running' THEN NULL ELSE now() END
WHERE id = ANY($1) AND status IN ('waiting', 'queued', 'running') AND NOT EXISTS (
  SELECT FROM task_trials(tasks.id) needing JOIN sweeps ON sweeps.id = needing.sweep_id
  WHERE sweeps.cancelled_at IS NULL
    AND sweeps.asked_at >= COALESCE(tasks.revived_at, '-infinity')
)`;

async function mustExist(database: Database, sweepId: string): Promise<void> {
  const row = await queryRow(database, TaskId, 'SELECT id FROM sweeps WHERE id = $1', [sweepId]);
  if (row === null) throw notFound('sweep', sweepId);
}

function readCursor(cursor: string): string {
  if (/^\d{1,18}$/.test(cursor)) return cursor;
  throw new ProblemError(
    400,
    'invalid-request',
    `cursor "${cursor}" is not one that a page of sweeps gave; leave it out to start at the newest.`,
  );
}
