/** One task, from its work order to its result. Only the parts a kind needs are loaded. */
import type { TaskResult, Work } from '@capgrid/contracts';
import { openFileStore, type FileStore } from '@capgrid/data';
import { chooseEngine, type EngineKind } from '@capgrid/tensor';
import type { EngineChoice, FromChild, ScoringFiles } from './child-messages.js';

export interface TaskContext {
  store: FileStore;
  engine: EngineKind;
  engineOptions: EngineChoice;
  scoringFiles: ScoringFiles;
  /** Sends a report to the parent; resolves when it is on its way. */
  tell: (message: FromChild) => Promise<void>;
  /** Aborted when the trainer shuts down. */
  stop: AbortSignal;
}

/** `stopped`: the trainer shuts down; a training has reported a checkpoint. */
export async function runTask(
  work: Work,
  context: Omit<TaskContext, 'store' | 'engine'> & { store: string; engine: EngineKind | null },
): Promise<TaskResult | 'stopped'> {
  try {
    const engine = context.engine ?? (await chooseEngine());
    return await compute(work, { ...context, engine, store: await openFileStore(context.store) });
  } catch (error) {
    if (context.stop.aborted) return 'stopped';
    throw error;
  }
}

async function compute(work: Work, context: TaskContext): Promise<TaskResult> {
  switch (work.kind) {
    case 'features': {
      const { extractFeatures } = await import('./extract-features.js');
      return extractFeatures(work, context);
    }
    case 'training': {
      const { runTraining } = await import('./run-training.js');
      return runTraining(work, context);
    }
    case 'evaluation': {
      const { runEvaluation } = await import('./run-evaluation.js');
      return runEvaluation(work, context);
    }
  }
}
