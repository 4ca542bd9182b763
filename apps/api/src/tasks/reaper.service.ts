/**
 * Every few seconds: ends attempts whose lease ran out, and calls trainers again for tasks whose
 * message may be lost. Several API processes may run it; an advisory lock lets one at a time.
 */
import type { Failure } from '@capgrid/contracts';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRow, queryRows } from '../database/query-rows.js';
import { TaskBell } from '../queue/task-bell.js';
import { LEASE_SECONDS } from './claim.service.js';
import { settleLoss } from './task-states.js';

const EVERY_MS = 5_000;
const LOCK = 'capgrid.reaper';

const LEASE_EXPIRED: Failure = {
  code: 'lease-expired',
  message: `no heartbeat for ${LEASE_SECONDS} s; the trainer was killed or cut off`,
  isRetryable: true,
  step: null,
};

@Injectable()
export class Reaper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Reaper.name);
  private timer: NodeJS.Timeout | null = null;
  private tick: Promise<void> = Promise.resolve();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly bell: TaskBell,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // Ticks never overlap: the next one waits for the last one's end.
      this.tick = this.tick.then(() => this.runSafely());
    }, EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.tick;
  }

  /** One round; also what tests call. */
  async run(): Promise<void> {
    await this.expireLeases();
    await this.bell.ringNew();
    await this.bell.ringAgain();
  }

  private async runSafely(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      // The database may be away for a while; the next tick finds everything as it was.
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: 'reaper.failed', reason });
    }
  }

  private async expireLeases(): Promise<void> {
    await this.database.transaction(async (guard) => {
      const lock = await queryRow(
        guard,
        z.object({ is_mine: z.boolean() }),
        'SELECT pg_try_advisory_xact_lock(hashtext($1)) AS is_mine',
        [LOCK],
      );
      if (lock?.is_mine !== true) return;
      const expired = await queryRows(
        guard,
        z.object({ id: z.string() }),
        "SELECT id FROM attempts WHERE status = 'running' AND lease_until < now() ORDER BY lease_until",
      );
      // One transaction each, so that locks are few and one bad row stops no other.
      for (const { id } of expired) await this.expireSafely(id);
    });
  }

  private async expireSafely(attemptId: string): Promise<void> {
    try {
      await this.expire(attemptId);
    } catch (error) {
      // It stays expired, so the next tick tries again.
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.error({ event: 'attempt.expire-failed', attemptId, reason });
    }
  }

  private async expire(attemptId: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      // A heartbeat may have come since; then there is nothing to do.
      const lost = await queryRow(
        transaction,
        z.object({ task_id: z.string(), trainer: z.string() }),
        `UPDATE attempts SET status = 'lost', ended_at = now(), failure = $2
         WHERE id = $1 AND status = 'running' AND lease_until < now()
         RETURNING task_id, trainer`,
        [attemptId, JSON.stringify(LEASE_EXPIRED)],
      );
      if (lost === null) return;
      await settleLoss(transaction, lost.task_id);
      const { task_id: taskId, trainer } = lost;
      this.logger.warn({ event: 'attempt.lost', attemptId, taskId, trainer });
    });
  }
}
