/** Hands a queued task to one trainer, under a lease and with a fencing token. */
import { TaskKind, type Claim, type ScoringSpec, type Work } from '@capgrid/contracts';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { newId } from '../database/new-id.js';
import { queryRow, type Database } from '../database/query-rows.js';
import { notifyChange } from '../events/change-feed.js';
import { notFound, ProblemError } from '../problems/problem-error.js';
import { SCORING } from '../scoring/scoring.js';
import { hashToken, newToken } from './attempt-tokens.js';
import { nameTrials } from './name-trials.js';
import { settleFailure } from './task-states.js';
import { buildWork, UnreadableWorkError } from './work.js';

/** How long a trainer may be silent, as an interval of Postgres. */
export const LEASE_SECONDS = 30;
export const LEASE = `${LEASE_SECONDS} seconds`;
const HEARTBEAT_EVERY_MS = 5_000;

const Claimed = z.object({ id: z.string(), kind: TaskKind });

@Injectable()
export class ClaimService {
  private readonly logger = new Logger(ClaimService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(SCORING) private readonly scoring: ScoringSpec,
  ) {}

  async claim(taskId: string, trainer: string): Promise<Claim> {
    const outcome = await this.database.transaction(async (transaction) => {
      // One statement decides between trainers: only one of them finds the task queued.
      const task = await queryRow(
        transaction,
        Claimed,
        "UPDATE tasks SET status = 'running' WHERE id = $1 AND status = 'queued' RETURNING id, kind",
        [taskId],
      );
      if (task === null) throw await refusal(transaction, taskId);
      const work = await this.workOrFailure(transaction, task);
      if (work instanceof UnreadableWorkError) return work;
      const trials = await nameTrials(transaction, task.id);
      const attemptId = newId('attempt');
      const token = newToken();
      const resumeStep = work.kind === 'training' ? (work.resume?.step ?? null) : null;
      await transaction.query(
        `INSERT INTO attempts
           (id, task_id, number, token_sha256, trainer, status, resume_step, lease_until)
         SELECT $1, $2, count(*) + 1, $3, $4, 'running', $5, now() + interval '${LEASE}'
         FROM attempts WHERE task_id = $2`,
        [attemptId, taskId, hashToken(token), trainer, resumeStep],
      );
      await notifyChange(transaction);
      const leaseMs = LEASE_SECONDS * 1000;
      return { attemptId, token, leaseMs, heartbeatEveryMs: HEARTBEAT_EVERY_MS, trials, work };
    });
    if (outcome instanceof UnreadableWorkError) {
      this.logger.error({ event: 'task.unreadable', taskId, reason: outcome.message });
      throw new ProblemError(409, 'work-unreadable', `Task "${taskId}": ${outcome.message}`);
    }
    const { attemptId, work } = outcome;
    this.logger.log({ event: 'task.claimed', taskId, attemptId, kind: work.kind, trainer });
    return outcome;
  }

  /** A task whose work cannot be read fails for good: no later claim would find it otherwise. */
  private async workOrFailure(
    transaction: Database,
    task: z.infer<typeof Claimed>,
  ): Promise<Work | UnreadableWorkError> {
    try {
      return await buildWork(transaction, task, this.scoring);
    } catch (error) {
      if (!(error instanceof UnreadableWorkError)) throw error;
      const message = error.message.slice(0, 4000);
      const failure = { code: 'work-unreadable', message, isRetryable: false, step: null };
      await settleFailure(transaction, task.id, failure);
      return error;
    }
  }
}

async function refusal(database: Database, taskId: string): Promise<ProblemError> {
  const row = await queryRow(
    database,
    z.object({ status: z.string() }),
    'SELECT status FROM tasks WHERE id = $1',
    [taskId],
  );
  if (row === null) return notFound('task', taskId);
  return new ProblemError(
    409,
    'task-not-claimable',
    `Task "${taskId}" is ${row.status}, only a queued task can be claimed.`,
  );
}
