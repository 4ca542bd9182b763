/** The writes of a running attempt. Each checks the fencing token; a stale one gets 409. */
import {
  TaskKind,
  type AttemptStatus,
  type CheckpointRequest,
  type FailRequest,
  type FinishRequest,
  type Heartbeat,
  type HeartbeatRequest,
  type PointsRequest,
} from '@capgrid/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRow, type Database } from '../database/query-rows.js';
import { notifyChange } from '../events/change-feed.js';
import { notFound, ProblemError } from '../problems/problem-error.js';
import { TaskBell } from '../queue/task-bell.js';
import { hashToken } from './attempt-tokens.js';
import { LEASE } from './claim.service.js';
import { saveEngine, saveResult } from './save-result.js';
import { finishTask, lockTasks, settleCancel, settleFailure } from './task-states.js';

const Beat = z.object({ is_cancel_requested: z.boolean() });
const AttemptRow = z.object({
  task_id: z.string(),
  kind: TaskKind,
  status: z.string(),
  token_sha256: z.string(),
});

@Injectable()
export class AttemptsService {
  private readonly logger = new Logger(AttemptsService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly bell: TaskBell,
  ) {}

  async heartbeat(attemptId: string, request: HeartbeatRequest): Promise<Heartbeat> {
    const { token, progress } = request;
    const beat = await queryRow(
      this.database,
      Beat,
      `UPDATE attempts SET lease_until = now() + interval '${LEASE}',
         progress = COALESCE($3, progress)
       FROM tasks
       WHERE attempts.id = $1 AND attempts.token_sha256 = $2 AND attempts.status = 'running'
         AND tasks.id = attempts.task_id
       RETURNING tasks.is_cancel_requested`,
      [attemptId, hashToken(token), progress === null ? null : JSON.stringify(progress)],
    );
    if (beat === null) throw await this.refusal(attemptId);
    await notifyChange(this.database);
    return { command: beat.is_cancel_requested ? 'cancel' : 'continue' };
  }

  async pushPoints(attemptId: string, { token, points }: PointsRequest): Promise<void> {
    await this.write(attemptId, token, async (transaction) => {
      await transaction.query(
        `INSERT INTO points (attempt_id, name, step, value)
         SELECT $1, name, step, value
         FROM unnest($2::text[], $3::integer[], $4::double precision[])
           WITH ORDINALITY AS sent (name, step, value, place)
         ORDER BY place
         ON CONFLICT DO NOTHING`,
        [
          attemptId,
          points.map((point) => point.name),
          points.map((point) => point.step),
          points.map((point) => point.value),
        ],
      );
      await notifyChange(transaction);
    });
  }

  async pushCheckpoint(attemptId: string, request: CheckpointRequest): Promise<void> {
    const { token, step, stateSha256 } = request;
    await this.write(attemptId, token, async (transaction) => {
      await transaction.query(
        `INSERT INTO checkpoints (attempt_id, step, state_sha256) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT checkpoints_pkey DO UPDATE SET state_sha256 = $3`,
        [attemptId, step, stateSha256],
      );
    });
  }

  /** Result and change of state are one transaction; the same call again is answered alike. */
  async finish(attemptId: string, request: FinishRequest): Promise<void> {
    const { result, durationMs } = request;
    await this.end(attemptId, request.token, 'finished', async (transaction, attempt) => {
      if (attempt.kind !== result.kind) {
        throw new ProblemError(
          400,
          'wrong-result-kind',
          `Attempt "${attemptId}" is of kind ${attempt.kind}, the result is of kind ${result.kind}.`,
        );
      }
      await saveResult(transaction, attempt.task_id, result);
      await finishTask(transaction, attempt.task_id, durationMs);
    });
  }

  async fail(attemptId: string, { token, failure, engine }: FailRequest): Promise<void> {
    await this.end(attemptId, token, 'failed', async (transaction, attempt) => {
      await transaction.query('UPDATE attempts SET failure = $2 WHERE id = $1', [
        attemptId,
        JSON.stringify(failure),
      ]);
      if (engine !== null) await saveEngine(transaction, attempt.task_id, engine);
      await settleFailure(transaction, attempt.task_id, failure);
      const { code, message } = failure;
      this.logger.warn({ event: 'attempt.failed', attemptId, kind: attempt.kind, code, message });
    });
  }

  async cancelled(attemptId: string, token: string): Promise<void> {
    await this.end(attemptId, token, 'cancelled', (transaction, attempt) =>
      settleCancel(transaction, attempt.task_id),
    );
  }

  private async end(
    attemptId: string,
    token: string,
    status: AttemptStatus,
    settle: (transaction: Database, attempt: z.infer<typeof AttemptRow>) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const attempt = await lockAttempt(transaction, attemptId);
      if (attempt === null) throw notFound('attempt', attemptId);
      if (attempt.token_sha256 !== hashToken(token)) throw stale(attemptId);
      if (attempt.status === status) return; // said before; the answer was lost
      if (attempt.status !== 'running') throw stale(attemptId);
      // Before any row of its work: a launch writes those under the same lock.
      await lockTasks(transaction, [attempt.task_id]);
      await transaction.query('UPDATE attempts SET status = $2, ended_at = now() WHERE id = $1', [
        attemptId,
        status,
      ]);
      await settle(transaction, attempt);
      const { kind, task_id: taskId } = attempt;
      this.logger.log({ event: `attempt.${status}`, attemptId, taskId, kind });
    });
    await this.bell.ringNew();
  }

  /** Writes while the attempt is locked, so that its writes have one order. */
  private async write(
    attemptId: string,
    token: string,
    insert: (transaction: Database) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const attempt = await lockAttempt(transaction, attemptId);
      if (attempt === null) throw notFound('attempt', attemptId);
      if (attempt.token_sha256 !== hashToken(token) || attempt.status !== 'running') {
        throw stale(attemptId);
      }
      await insert(transaction);
    });
  }

  private async refusal(attemptId: string): Promise<ProblemError> {
    const attempt = await queryRow(
      this.database,
      z.object({ id: z.string() }),
      'SELECT id FROM attempts WHERE id = $1',
      [attemptId],
    );
    return attempt === null ? notFound('attempt', attemptId) : stale(attemptId);
  }
}

async function lockAttempt(
  database: Database,
  attemptId: string,
): Promise<z.infer<typeof AttemptRow> | null> {
  return queryRow(
    database,
    AttemptRow,
    `SELECT attempts.task_id, tasks.kind, attempts.status, attempts.token_sha256
     FROM attempts JOIN tasks ON tasks.id = attempts.task_id
     WHERE attempts.id = $1 FOR NO KEY UPDATE OF attempts`,
    [attemptId],
  );
}

function stale(attemptId: string): ProblemError {
  return new ProblemError(
    409,
    'stale-attempt',
    `Attempt "${attemptId}" is over or the token is not its own; stop working on it.`,
  );
}
