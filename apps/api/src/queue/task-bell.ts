/**
 * The only producer of the queue. Postgres is the truth: a message carries a task's id and wakes a
 * trainer, which then claims the task; lost, doubled and late messages are harmless.
 */
import { TASK_QUEUE, TaskKind, type TaskMessage } from '@capgrid/contracts';
import { BullModule, InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { createPostgresBackend, Queue, setDefaultBackendFactory, type JobsOptions } from 'bullmq';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRows } from '../database/query-rows.js';
import { within } from '../within.js';

/** A queued task whose message is older is called again, in case the message was lost. */
const RING_AGAIN_AFTER = '30 seconds';
/** Tasks called in one statement; and per tick, so that a long healthy queue is not sent again and again. */
const BATCH = 1000;
/** The queue must not hold up an answer: a launch is done once its rows are written. */
const PATIENCE_MS = 5_000;

/** Lower is sooner: what unblocks other tasks first, then what is nearly done. */
const PRIORITY: Record<TaskKind, number> = { features: 1, evaluation: 2, training: 3 };

/** The queue behind a URL: Redis for `redis://`, else tables of their own in Postgres. */
export function queueModules(url: string): DynamicModule[] {
  const isRedis = /^rediss?:/.test(url);
  // The default is one per process and must be set before a queue is made.
  setDefaultBackendFactory(isRedis ? undefined : createPostgresBackend);
  // Without a queue of its own the client fails while Redis is away; the next tick calls again.
  const connection = isRedis
    ? { url, enableOfflineQueue: false, maxRetriesPerRequest: 1 }
    : { connectionString: url, migrate: true };
  return [BullModule.forRoot({ connection }), BullModule.registerQueue({ name: TASK_QUEUE })];
}

const Rung = z.object({
  id: z.string(),
  kind: TaskKind,
  /** Attempts so far: the message of an earlier attempt cannot stand in for this one. */
  attempts: z.int(),
  position: z.coerce.number(),
});

@Injectable()
export class TaskBell implements OnModuleInit {
  private readonly logger = new Logger(TaskBell.name);

  constructor(
    @InjectQueue(TASK_QUEUE) private readonly queue: Queue<TaskMessage>,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  onModuleInit(): void {
    this.queue.on('error', (error) =>
      this.logger.warn({ event: 'queue.error', reason: error.message }),
    );
  }

  /** Calls trainers for every queued task that nobody was called for yet. */
  async ringNew(): Promise<void> {
    while ((await this.ring('rung_at IS NULL')) === BATCH);
  }

  /** Calls again for tasks that have waited long; their message may be lost. */
  async ringAgain(): Promise<void> {
    await this.ring(`rung_at < now() - interval '${RING_AGAIN_AFTER}'`);
  }

  /** Reaches the queue, or throws. */
  async check(): Promise<void> {
    await this.queue.count();
  }

  private async ring(condition: string): Promise<number> {
    const rung = await queryRows(
      this.database,
      Rung,
      `UPDATE tasks SET rung_at = now()
       WHERE id IN (
         SELECT id FROM tasks WHERE status = 'queued' AND ${condition}
         ORDER BY rung_at, position LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
       )
       RETURNING id, kind, position,
         (SELECT count(*)::integer FROM attempts WHERE task_id = tasks.id) AS attempts`,
    );
    if (rung.length === 0) return 0;
    try {
      const jobs = rung.toSorted((a, b) => a.position - b.position).map(toJob);
      await within(PATIENCE_MS, 'queue', this.queue.addBulk(jobs));
    } catch (error) {
      // Not fatal: the tasks stay queued and the next tick calls again.
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: 'queue.unreachable', tasks: rung.length, reason });
      await this.database.query(
        `UPDATE tasks SET rung_at = NULL
         WHERE id IN (
           SELECT id FROM tasks WHERE id = ANY($1) AND status = 'queued'
           ORDER BY position FOR NO KEY UPDATE
         )`,
        [rung.map((task) => task.id)],
      );
      return 0;
    }
    return rung.length;
  }
}

function toJob(task: z.infer<typeof Rung>): {
  name: TaskKind;
  data: TaskMessage;
  opts: JobsOptions;
} {
  return {
    name: task.kind,
    data: { taskId: task.id },
    opts: {
      // The same call twice is one message; a finished one leaves nothing behind and can be repeated.
      jobId: `${task.id}.${task.attempts}`,
      removeOnComplete: true,
      removeOnFail: true,
      priority: PRIORITY[task.kind],
    },
  };
}
