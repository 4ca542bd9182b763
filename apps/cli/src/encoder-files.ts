/**
 * Looks at the files of an encoder before they are stored: a mistaken path should be told here, not by
 * a trial that fails later. Whether all layers are possible the trainer checks.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { DataError, openPrecomputed, type PrecomputedFeatures } from '@capgrid/data';
import { z } from 'zod';
import { checkRegular } from './check-path.js';
import { CliError } from './cli-error.js';

const Plan = z.looseObject({ input: z.looseObject({}), layers: z.array(z.unknown()).min(1) });

/** safetensors: byte order, then the length of the JSON header as u64, little-endian, then the header. */
const LENGTH_BYTES = 8;
/** The limit of the safetensors library. */
const LONGEST_HEADER = 100_000_000;
/** `data_offsets` counts from the end of the header; `__metadata__` has none. */
const Header = z.record(
  z.string(),
  z.looseObject({ data_offsets: z.tuple([z.int(), z.int()]).default([0, 0]) }),
);

export async function checkPlanFile(path: string): Promise<void> {
  await checkRegular(path);
  const parsed = Plan.safeParse(parseJson(await readFile(path, 'utf8')));
  if (!parsed.success) {
    throw new CliError(
      'usage',
      `${path} is no layer plan: give a JSON file with "input" and "layers".`,
    );
  }
}

export async function checkWeightsFile(path: string): Promise<void> {
  await checkRegular(path);
  const file = await open(path);
  try {
    if (!(await hasHeader(file))) {
      throw new CliError('usage', `${path} is no safetensors file, or it was cut short.`);
    }
  } finally {
    await file.close();
  }
}

/**
 * Checks a file of features, however large; which images need to be in it only a sweep tells.
 *
 * @returns what is in it, e.g. `features of 2 images, 10 to 100 regions of 2048 numbers`
 */
export async function describeFeaturesFile(path: string): Promise<string> {
  await checkRegular(path);
  const { arrays, channels } = await openFeatures(path);
  let [fewest, most] = [Infinity, 0];
  for (const { regions } of arrays) {
    fewest = Math.min(fewest, regions);
    most = Math.max(most, regions);
  }
  const regions = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `features of ${arrays.length} images, ${regions} regions of ${channels} numbers`;
}

async function openFeatures(path: string): Promise<PrecomputedFeatures> {
  try {
    return await openPrecomputed(path);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw new CliError('usage', cause.message, { cause });
  }
}

async function hasHeader(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size < LENGTH_BYTES) return false;
  const { buffer: start } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0);
  const length = Number(start.readBigUInt64LE());
  if (length > Math.min(size - LENGTH_BYTES, LONGEST_HEADER)) return false;
  const { buffer: header } = await file.read(Buffer.alloc(length), 0, length, LENGTH_BYTES);
  const parsed = Header.safeParse(parseJson(header.toString('utf8')));
  if (!parsed.success) return false;
  const dataBytes = size - LENGTH_BYTES - length;
  return Object.values(parsed.data).every(({ data_offsets: [, end] }) => end <= dataBytes);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
