/** The files of a registered encoder: its layer plan and its weights. */
import type { PlanFiles } from '@capgrid/contracts';
import { EncoderInputError } from './encoder-input-error.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';

export async function readPlan(
  name: string,
  files: PlanFiles | null,
  { store }: Pick<TaskContext, 'store'>,
): Promise<{ readonly plan: unknown; readonly weights: Uint8Array }> {
  if (files === null) {
    throw new EncoderInputError(
      `The encoder "${name}" came without its files. Register it again: capgrid encoder add.`,
    );
  }
  const text = (await store.read(files.planSha256)).toString('utf8');
  return { plan: parsePlan(name, text), weights: await readBytes(store, files.weightsSha256) };
}

function parsePlan(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EncoderInputError(
      `The plan of the encoder "${name}" is not JSON. Register it again.`,
      { cause },
    );
  }
}
