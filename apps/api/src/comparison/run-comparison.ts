/** Runs a comparison in a thread, so that the API answers others meanwhile. */
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

/** Of the thread's JavaScript objects: one predictions file at a time, and the ids of all images. */
const MOST_MEMORY_MB = 2048;

/**
 * @param stop ends the thread
 * @throws ProblemError where the runs cannot be compared; Error where the thread fails
 */
export async function runComparison(
  job: ComparisonJob,
  stop: AbortSignal,
  { file = WORKER_FILE, memoryMb = MOST_MEMORY_MB }: { file?: URL; memoryMb?: number } = {},
): Promise<ComparedPredictions> {
  const worker = new Worker(file, {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
  });
  try {
    const answer = WorkerAnswer.parse(await firstMessage(worker, stop));
    if (answer.type === 'compared') return answer.compared;
    throw new ProblemError(
      answer.code === 'predictions-missing' ? 503 : 422,
      answer.code,
      answer.code === 'predictions-missing'
        ? `The store lacks a predictions file (${answer.message}); restore it or give the API the trainer's CAPGRID_HOME.`
        : answer.message,
    );
  } catch (error) {
    throw isOutOfMemory(error) ? tooLarge(memoryMb) : error;
  } finally {
    await worker.terminate();
  }
}

/** Settles in any case: a thread can end without a word. */
function firstMessage(worker: Worker, stop: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => reject(new Error('the comparison was stopped'));
    if (stop.aborted) stopped();
    stop.addEventListener('abort', stopped, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the thread of the comparison ended with ${code} before it answered`));
    });
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooLarge(memoryMb: number): ProblemError {
  return new ProblemError(
    422,
    'comparison-too-large',
    `The comparison needs more than the ${memoryMb} MB that its thread may take; name fewer scores, or compare within smaller sweeps.`,
  );
}
