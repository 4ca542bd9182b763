/** The files of a registered encoder: its layer plan and its weights. */
import {
  findPlanFault,
  parseEncoderPlan,
  type EncoderPlan,
  type PlanFiles,
  type Sha256,
} from '@capgrid/contracts';
import { listSafetensors } from '@capgrid/data';
import { EncoderInputError } from './encoder-input-error.js';
import { readBytes } from './read-bytes.js';
import type { TaskContext } from './run-task.js';

export async function readPlan(
  name: string,
  files: PlanFiles | null,
  { store }: Pick<TaskContext, 'store'>,
): Promise<{
  readonly plan: EncoderPlan;
  readonly weights: Uint8Array;
  readonly weightsSha256: Sha256;
}> {
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
  const { plan } = parsed;
  const { weightsSha256 } = files;
  const weights = await readBytes(store, weightsSha256);
  const fault = findPlanFault(plan, await listSafetensors(store.pathOf(weightsSha256)));
  if (fault === null) return { plan, weights, weightsSha256 };
  throw new EncoderInputError(
    `The encoder "${name}" cannot be used: ${fault}. Register a plan and weights that fit.`,
  );
}
