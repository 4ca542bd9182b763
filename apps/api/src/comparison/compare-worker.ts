/** The thread of one comparison: job in, one message out, end. */
import { parentPort, workerData } from 'node:worker_threads';
import { MetricInputError } from '@capgrid/metrics';
import { comparePredictions, ComparisonJob } from './compare-predictions.js';
import type { WorkerAnswer } from './run-comparison.js';

parentPort?.postMessage(await answer());

async function answer(): Promise<WorkerAnswer> {
  try {
    return {
      type: 'compared',
      compared: await comparePredictions(ComparisonJob.parse(workerData)),
    };
  } catch (error) {
    // Anything else is a defect, and an event of the thread says so.
    if (error instanceof MetricInputError) {
      return { type: 'refused', code: error.code, message: error.message };
    }
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { type: 'refused', code: 'predictions-missing', message: error.message };
    }
    throw error;
  }
}
