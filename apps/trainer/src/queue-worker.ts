/**
 * The one file of the trainer that knows the queue. A message is a bell with the id of a task; all
 * that matters is in Postgres, so losing, doubling or re-ordering messages does no harm.
 */
import { TASK_QUEUE, TaskMessage } from '@capgrid/contracts';
import { createPostgresBackend, withBackend, Worker, type Job } from 'bullmq';
import type { Logger } from 'pino';

export interface QueueWorkerOptions {
  /** `postgres://…` or `redis://…` */
  queueUrl: string;
  /** Tasks under way at the same time. */
  concurrency: number;
  log: Logger;
  handle: (taskId: string) => Promise<void>;
}

export interface QueueWorker {
  ready(): Promise<void>;
  /** Takes no more messages and waits for the tasks under way. */
  close(): Promise<void>;
}

/** The parent never blocks, so a lock of this length is only lost with the whole process. */
const LOCK_MS = 60_000;

export function startQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { queueUrl, concurrency, log } = options;
  const handle = async (job: Job): Promise<void> => {
    const message = TaskMessage.parse(job.data);
    await options.handle(message.taskId);
  };
  const settings = {
    concurrency,
    lockDuration: LOCK_MS,
    // A message whose trainer died comes back; claiming decides whether there is work left.
    maxStalledCount: 1000,
    // A message kept after its end would keep the API from ringing again under the same id.
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    runRetryDelay: 2000,
    drainDelay: 5,
  };
  const worker = /^rediss?:/.test(queueUrl)
    ? new Worker(TASK_QUEUE, handle, { ...settings, connection: { url: queueUrl } })
    : new (withBackend(createPostgresBackend).Worker)(TASK_QUEUE, handle, {
        ...settings,
        connection: { connectionString: queueUrl, migrate: true },
      });
  worker.on('error', (error: Error) => log.warn({ event: 'queue.error', err: error }));
  worker.on('failed', (job: Job | undefined, error: Error) =>
    log.error({ event: 'message.failed', messageId: job?.id, err: error }),
  );
  return {
    ready: async () => {
      await worker.waitUntilReady();
    },
    close: () => worker.close(),
  };
}
