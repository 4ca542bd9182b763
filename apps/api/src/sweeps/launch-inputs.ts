/** What the names in a sweep spec stand for at the moment of launching. */
import {
  checkSweep,
  hashJson,
  Sha256,
  type EncoderSpec,
  type Expansion,
  type ResolvedInputs,
  type Split,
  type SweepSpec,
} from '@capgrid/contracts';
import { z } from 'zod';
import { queryRow, queryRows, type Database } from '../database/query-rows.js';
import { invalidRequest, ProblemError } from '../problems/problem-error.js';

export type EncoderFiles = { planSha256: Sha256; weightsSha256: Sha256 };

export type LaunchInputs = {
  datasetDigest: Sha256;
  /** Of all splits. */
  images: number;
  /** Registered encoders by name. */
  encoders: ReadonlyMap<string, EncoderFiles>;
};

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
    `All ${dropped.length} cells of the sweep were dropped; change what the reasons name.`,
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
const EncoderRow = z.object({ name: z.string(), plan_sha256: Sha256, weights_sha256: Sha256 });

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
    throw unknownName('dataset', 'spec.dataset', dataset, names, 'capgrid dataset import');
  }
  refuseEmptySplits(dataset, row, expansion);
  if (!row.has_objects) refuseSceneEncoders(dataset, expansion);
  const rows = await queryRows(
    database,
    EncoderRow,
    'SELECT name, plan_sha256, weights_sha256 FROM encoders ORDER BY name',
  );
  const encoders = new Map(
    rows.map((encoder) => [
      encoder.name,
      { planSha256: encoder.plan_sha256, weightsSha256: encoder.weights_sha256 },
    ]),
  );
  for (const { spec } of expansion.cells) {
    const { encoder } = spec.training;
    if (encoder.kind === 'plan' && !encoders.has(encoder.name)) {
      throw unknownName(
        'encoder',
        'spec.base.encoder.name',
        encoder.name,
        rows,
        'capgrid encoder add',
      );
    }
  }
  return {
    datasetDigest: row.digest,
    images: row.train + row.val + row.test,
    encoders,
  };
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

export function resolvedFor(inputs: LaunchInputs, encoder: EncoderSpec): ResolvedInputs {
  const files = encoder.kind === 'plan' ? inputs.encoders.get(encoder.name) : undefined;
  return {
    datasetDigest: inputs.datasetDigest,
    encoderDigest: files === undefined ? null : hashJson(files),
  };
}

function unknownName(
  noun: 'dataset' | 'encoder',
  path: string,
  name: string,
  known: readonly { name: string }[],
  command: string,
): ProblemError {
  const names = known.map((row) => row.name);
  const message =
    names.length === 0
      ? `there is no ${noun} yet; add one with "${command}"`
      : `there is no ${noun} "${name}"; there is ${names.join(', ')}`;
  return new ProblemError(400, `unknown-${noun}`, `${path}: ${message}`, [
    { path, value: JSON.stringify(name), message },
  ]);
}
