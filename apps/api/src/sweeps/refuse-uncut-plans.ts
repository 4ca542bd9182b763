/** Which trained layers of an encoder are possible only its plan tells, and that is a file. */
import {
  cutEncoder,
  EncoderCutError,
  findPlace,
  parseEncoderPlan,
  trainedLayersOf,
  type Cell,
  type EncoderPlan,
  type PlanFiles,
  type SpecIssue,
  type SweepSpec,
} from '@capgrid/contracts';
import type { StoreReader } from '../datasets/store-reader.js';
import { ProblemError } from '../problems/problem-error.js';

const OPTION = 'encoder.fineTune.layers';

/** Refuses a sweep in which an encoder should be cut where its plan cannot be. */
export async function refuseUncutPlans(
  spec: SweepSpec,
  cells: readonly Cell[],
  plans: ReadonlyMap<string, PlanFiles>,
  store: StoreReader,
): Promise<void> {
  const read = new Map<string, EncoderPlan>();
  const seen = new Set<string>();
  const issues: SpecIssue[] = [];
  for (const cell of cells) {
    const { encoder } = cell.spec.training;
    const layers = trainedLayersOf(encoder);
    const files = encoder.kind === 'plan' ? plans.get(encoder.name) : undefined;
    if (encoder.kind !== 'plan' || layers === 0 || files === undefined) continue;
    const cut = `${layers} ${encoder.name}`;
    if (seen.has(cut)) continue;
    seen.add(cut);
    const plan = read.get(encoder.name) ?? (await readPlan(encoder.name, files, store));
    read.set(encoder.name, plan);
    const message = faultOf(plan, layers);
    if (message === null) continue;
    const path = `spec.${findPlace(spec, cell, OPTION)}.${OPTION}`;
    issues.push({ path, value: String(layers), message });
  }
  if (issues.length === 0) return;
  const detail = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ProblemError(400, 'encoder-cannot-be-cut', detail, issues);
}

function faultOf(plan: EncoderPlan, layers: number): string | null {
  try {
    cutEncoder(plan, layers);
    return null;
  } catch (error) {
    if (error instanceof EncoderCutError) return error.message;
    throw error;
  }
}

async function readPlan(
  name: string,
  { planSha256 }: PlanFiles,
  store: StoreReader,
): Promise<EncoderPlan> {
  const file = await store.read(planSha256);
  const parsed = file === null ? null : parseEncoderPlan(file.toString('utf8'));
  if (parsed?.isValid === true) return parsed.plan;
  const fault = parsed === null ? `the store has no file ${planSha256}` : parsed.fault;
  const message = `the plan of the encoder "${name}" cannot be used: ${fault}; register it again (capgrid encoder add)`;
  const path = 'spec.base.encoder.name';
  throw new ProblemError(400, 'encoder-plan-unusable', `${path}: ${message}`, [
    { path, value: JSON.stringify(name), message },
  ]);
}
