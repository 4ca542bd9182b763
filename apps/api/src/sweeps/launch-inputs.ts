/** What the names in a sweep spec stand for at the moment of launching. */
import {
  checkSweep,
  hashJson,
  Sha256,
  vectorsOf,
  type EncoderSpec,
  type Expansion,
  type PlanFiles,
  type ResolvedInputs,
  type Split,
  type SweepSpec,
  type TrainingSpec,
  type VectorFiles,
} from '@capgrid/contracts';
import { z } from 'zod';
import { queryRow, queryRows, type Database } from '../database/query-rows.js';
import { invalidRequest, ProblemError } from '../problems/problem-error.js';

export type LaunchInputs = {
  datasetDigest: Sha256;
  /** Of all splits. */
  images: number;
  /** Registered plans by name. */
  plans: ReadonlyMap<string, PlanFiles>;
  /** Registered features of other programs by name. */
  precomputed: ReadonlyMap<string, Sha256>;
  /** Registered word vectors by name. */
  vectors: ReadonlyMap<string, VectorFiles>;
};

/** What stands for the encoder of a spec; null for what its kind has not. */
export type EncoderFiles = { plan: PlanFiles | null; precomputedSha256: Sha256 | null };

/** Faults that the schema of the request cannot see. */
export function checkedSpec(spec: SweepSpec): SweepSpec {
  const checked = checkSweep(spec);
  if (checked.isValid) return checked.spec;
  throw invalidRequest(
    checked.issues.map((issue) => ({ ...issue, path: `spec.${issue.path}`.replace(/\.$/, '') })),
  );
}

/** A sweep can be previewed without a single valid cell, to see why, but not launched. */
export function refuseNoCells({ cells, dropped }: Expansion): void {
  if (cells.length > 0) return;
  const issues = dropped.flatMap((cell) =>
    cell.issues.length > 0 ? cell.issues : [{ path: 'spec', value: null, message: cell.message }],
  );
  const distinct = new Map(issues.map((issue) => [JSON.stringify(issue), issue]));
  throw new ProblemError(
    400,
    'no-valid-cells',
    dropped.length === 1
      ? 'The only cell of the sweep was dropped; change what the reason names.'
      : `All ${dropped.length} cells of the sweep were dropped; change what the reasons name.`,
    [...distinct.values()].slice(0, 50),
  );
}

const DatasetRow = z.object({
  digest: Sha256,
  train: z.int(),
  val: z.int(),
  test: z.int(),
  has_objects: z.boolean(),
});
const Name = z.object({ name: z.string() });
const PlanRow = z.object({ name: z.string(), plan_sha256: Sha256, weights_sha256: Sha256 });
const PrecomputedRow = z.object({ name: z.string(), precomputed_sha256: Sha256 });
const VectorsRow = z.object({ name: z.string(), vectors_sha256: Sha256, words_sha256: Sha256 });

export async function resolveInputs(
  database: Database,
  dataset: string,
  expansion: Expansion,
): Promise<LaunchInputs> {
  const row = await queryRow(
    database,
    DatasetRow,
    `SELECT digest, train_images AS train, val_images AS val, test_images AS test, has_objects
     FROM datasets WHERE name = $1`,
    [dataset],
  );
  if (row === null) {
    const names = await queryRows(database, Name, 'SELECT name FROM datasets ORDER BY name');
    throw unknownName(
      'dataset',
      dataset,
      names.map((known) => known.name),
    );
  }
  refuseEmptySplits(dataset, row, expansion);
  if (!row.has_objects) refuseSceneEncoders(dataset, expansion);
  const plans = await readPlans(database);
  const precomputed = await readPrecomputed(database);
  const vectors = await readVectors(database);
  for (const { spec } of expansion.cells) {
    const { encoder, model } = spec.training;
    if (encoder.kind === 'plan' && !plans.has(encoder.name)) {
      throw unknownName('encoder', encoder.name, plans.keys());
    }
    if (encoder.kind === 'features' && !precomputed.has(encoder.name)) {
      throw unknownName('features', encoder.name, precomputed.keys());
    }
    const name = vectorsOf(model)?.name;
    if (name !== undefined && !vectors.has(name))
      throw unknownName('vectors', name, vectors.keys());
  }
  const images = row.train + row.val + row.test;
  return { datasetDigest: row.digest, images, plans, precomputed, vectors };
}

async function readPlans(database: Database): Promise<Map<string, PlanFiles>> {
  const rows = await queryRows(
    database,
    PlanRow,
    `SELECT name, plan_sha256, weights_sha256 FROM encoders
     WHERE plan_sha256 IS NOT NULL ORDER BY name`,
  );
  return new Map(
    rows.map(({ name, plan_sha256: planSha256, weights_sha256: weightsSha256 }) => [
      name,
      { planSha256, weightsSha256 },
    ]),
  );
}

async function readPrecomputed(database: Database): Promise<Map<string, Sha256>> {
  const rows = await queryRows(
    database,
    PrecomputedRow,
    `SELECT name, precomputed_sha256 FROM encoders
     WHERE precomputed_sha256 IS NOT NULL ORDER BY name`,
  );
  return new Map(rows.map((row) => [row.name, row.precomputed_sha256]));
}

async function readVectors(database: Database): Promise<Map<string, VectorFiles>> {
  const rows = await queryRows(
    database,
    VectorsRow,
    'SELECT name, vectors_sha256, words_sha256 FROM word_vectors ORDER BY name',
  );
  return new Map(
    rows.map(({ name, vectors_sha256: vectorsSha256, words_sha256: wordsSha256 }) => [
      name,
      { vectorsSha256, wordsSha256 },
    ]),
  );
}

/** Every training needs images to train on and to validate with, every evaluation some to caption. */
function refuseEmptySplits(
  dataset: string,
  images: Record<Split, number>,
  expansion: Expansion,
): void {
  const needed = new Set<Split>(['train', 'val']);
  for (const { spec } of expansion.cells) needed.add(spec.decode.split);
  const issues = [...needed]
    .filter((split) => images[split] === 0)
    .map((split) => ({
      path: 'spec.dataset',
      value: JSON.stringify(dataset),
      message: `the dataset "${dataset}" has no images in its ${split} split; import it with some`,
    }));
  if (issues.length === 0) return;
  const message = issues.map((issue) => issue.message).join('; ');
  throw new ProblemError(400, 'empty-split', message, issues);
}

/** The encoder scenes-cnn learns from what was drawn, and photographs do not say. */
function refuseSceneEncoders(dataset: string, { cells }: Expansion): void {
  if (!cells.some(({ spec }) => spec.training.encoder.kind === 'scenes-cnn')) return;
  const message = `the encoder "scenes-cnn" learns from the objects of drawn scenes, and the training images of the dataset "${dataset}" have none; use an encoder of kind plan (capgrid encoder add)`;
  throw new ProblemError(400, 'encoder-does-not-fit', message, [
    { path: 'spec.base.encoder.kind', value: '"scenes-cnn"', message },
  ]);
}

export function resolvedFor(
  inputs: LaunchInputs,
  { encoder, model }: Pick<TrainingSpec, 'encoder' | 'model'>,
): ResolvedInputs {
  const { plan, precomputedSha256 } = encoderFiles(inputs, encoder);
  const named = plan ?? (precomputedSha256 === null ? null : { precomputedSha256 });
  const vectors = inputs.vectors.get(vectorsOf(model)?.name ?? '');
  return {
    datasetDigest: inputs.datasetDigest,
    encoderDigest: named === null ? null : hashJson(named),
    vectorsDigest: vectors === undefined ? null : hashJson(vectors),
  };
}

export function encoderFiles(
  { plans, precomputed }: Pick<LaunchInputs, 'plans' | 'precomputed'>,
  encoder: EncoderSpec,
): EncoderFiles {
  const plan = encoder.kind === 'plan' ? plans.get(encoder.name) : undefined;
  const file = encoder.kind === 'features' ? precomputed.get(encoder.name) : undefined;
  return { plan: plan ?? null, precomputedSha256: file ?? null };
}

/** What a spec names, where it does, and what adds one. */
const NAMED = {
  dataset: { noun: 'dataset', path: 'spec.dataset', command: 'capgrid dataset import' },
  encoder: { noun: 'encoder', path: 'spec.base.encoder.name', command: 'capgrid encoder add' },
  features: {
    noun: 'set of features',
    path: 'spec.base.encoder.name',
    command: 'capgrid encoder add --features',
  },
  vectors: {
    noun: 'set of word vectors',
    path: 'spec.base.model.vectors.name',
    command: 'capgrid vectors add',
  },
} as const;

function unknownName(
  kind: keyof typeof NAMED,
  name: string,
  known: Iterable<string>,
): ProblemError {
  const { noun, path, command } = NAMED[kind];
  const names = [...known];
  const message =
    names.length === 0
      ? `there is no ${noun} yet; add one with "${command}"`
      : `there is no ${noun} "${name}"; there is ${names.join(', ')}`;
  return new ProblemError(400, `unknown-${kind}`, `${path}: ${message}`, [
    { path, value: JSON.stringify(name), message },
  ]);
}
