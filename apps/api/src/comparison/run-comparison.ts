/** Runs a comparison in a thread, so that the API answers others meanwhile. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { ProblemError } from '../problems/problem-error.js';
import { ComparedPredictions, type ComparisonJob } from './compare-predictions.js';

export const WorkerAnswer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('compared'), compared: ComparedPredictions }),
  /** For a reason that whoever asked can do something about. */
  z.strictObject({ type: z.literal('refused'), code: z.string(), message: z.string() }),
]);
export type WorkerAnswer = z.infer<typeof WorkerAnswer>;

/** The compiled thread, also seen from the sources, where tests run. */
export const WORKER_FILE = new URL('../../dist/comparison/compare-worker.js', import.meta.url);

/**
 * @param signal ends the thread
 * @throws ProblemError where the runs cannot be compared
 */
export async function runComparison(
  job: ComparisonJob,
  signal: AbortSignal,
): Promise<ComparedPredictions> {
  const worker = new Worker(WORKER_FILE, { workerData: job });
  try {
    const [message] = await once(worker, 'message', { signal });
    const answer = WorkerAnswer.parse(message);
    if (answer.type === 'compared') return answer.compared;
    throw new ProblemError(
      answer.code === 'predictions-missing' ? 503 : 422,
      answer.code,
      answer.code === 'predictions-missing'
        ? `The store lacks a predictions file (${answer.message}); restore it or give the API the trainer's CAPGRID_HOME.`
        : answer.message,
    );
  } finally {
    await worker.terminate();
  }
}
