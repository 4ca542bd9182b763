/** The files of a registered encoder: its layer plan and its weights. */
import { parseEncoderPlan, type EncoderPlan, type PlanFiles } from '@capgrid/contracts';
import { EncoderInputError } from './encoder-input-error.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';

export async function readPlan(
  name: string,
  files: PlanFiles | null,
  { store }: Pick<TaskContext, 'store'>,
): Promise<{ readonly plan: EncoderPlan; readonly weights: Uint8Array }> {
  if (files === null) {
    throw new EncoderInputError(
      `The encoder "${name}" came without its files. Register it again: capgrid encoder add.`,
    );
  }
  const parsed = parseEncoderPlan((await store.read(files.planSha256)).toString('utf8'));
  if (!parsed.isValid) {
    throw new EncoderInputError(
      `The plan of the encoder "${name}" cannot be used: ${parsed.fault}. Register it again.`,
    );
  }
  return { plan: parsed.plan, weights: await readBytes(store, files.weightsSha256) };
}
