/** Runs a task as the child does, without the process: the real store, engine and models. */
import { TaskResult, type Work } from '@capgrid/contracts';
import type { FromChild, ScoringFiles } from '../child-messages.js';
import { runTask } from '../run-task.js';
import { NO_SCORING_FILES } from './tiny-dataset.js';

export interface Ran {
  result: TaskResult | 'stopped';
  messages: FromChild[];
}

export async function runInProcess(
  work: Work,
  store: string,
  {
    stopAfter,
    scoringFiles = NO_SCORING_FILES,
  }: { stopAfter?: FromChild['type'] | undefined; scoringFiles?: ScoringFiles } = {},
): Promise<Ran> {
  const messages: FromChild[] = [];
  const stop = new AbortController();
  const result = await runTask(work, {
    store,
    engine: 'wasm',
    engineOptions: { threads: 1, device: null, strictFloat32: false },
    scoringFiles,
    stop: stop.signal,
    tell: async (message) => {
      messages.push(message);
      if (message.type === stopAfter) stop.abort();
    },
  });
  return { result, messages };
}

type OfKind<K extends TaskResult['kind']> = Extract<TaskResult, { kind: K }>;

/** The result, which must be of this kind. */
export function ofKind<K extends TaskResult['kind']>(
  result: TaskResult | 'stopped',
  kind: K,
): OfKind<K> {
  const parsed = TaskResult.parse(result);
  if (!isOfKind(parsed, kind)) throw new Error(`the result is of kind ${parsed.kind}, not ${kind}`);
  return parsed;
}

function isOfKind<K extends TaskResult['kind']>(result: TaskResult, kind: K): result is OfKind<K> {
  return result.kind === kind;
}
