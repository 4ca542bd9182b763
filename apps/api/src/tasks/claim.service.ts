/** Hands a queued task to one trainer, under a lease and with a fencing token. */
import { TaskKind, type Claim, type ScoringSpec } from '@capgrid/contracts';
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
import { buildWork } from './work.js';

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
    const claim = await this.database.transaction(async (transaction) => {
      // One statement decides between trainers: only one of them finds the task queued.
      const task = await queryRow(
        transaction,
        Claimed,
        "UPDATE tasks SET status = 'running' WHERE id = $1 AND status = 'queued' RETURNING id, kind",
        [taskId],
      );
      if (task === null) throw await refusal(transaction, taskId);
      const work = await buildWork(transaction, task, this.scoring);
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
    const { attemptId, work } = claim;
    this.logger.log({ event: 'task.claimed', taskId, attemptId, kind: work.kind, trainer });
    return claim;
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
