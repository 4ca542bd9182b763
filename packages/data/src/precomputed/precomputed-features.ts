/**
 * Features that another program computed: a safetensors file with an array [regions, channels] for
 * each image. Images may have different numbers of regions, as a detector gives them. The header is
 * read once and the arrays when they are needed, so the file may be larger than the memory.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { DataError } from '../data-error.js';
import { isFileError } from '../file-store.js';
import { fillArray } from '../safetensors/fill-array.js';
import { readSafetensorsHeader, type ArrayEntry } from '../safetensors/read-header.js';
import { fromBf16, fromF16 } from './float-bits.js';

/** The regions of one image in the file. */
export interface RegionArray {
  readonly name: string;
  readonly regions: number;
  readonly dtype: Dtype;
  /** First byte. */
  readonly start: number;
}

export interface PrecomputedFeatures {
  readonly path: string;
  /** Names the file in errors. */
  readonly label: string;
  /** Numbers of one region. */
  readonly channels: number;
  readonly arrays: readonly RegionArray[];
}

type Dtype = 'F32' | 'F16' | 'BF16';
const BYTES: Readonly<Record<Dtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Checks the header.
 *
 * @throws DataError `object-missing`, `safetensors-invalid` or `precomputed-invalid`
 */
export async function openPrecomputed(path: string, label = path): Promise<PrecomputedFeatures> {
  return withFile(path, async (file) => {
    const entries = await readSafetensorsHeader(file, label);
    const [first] = entries;
    if (first === undefined) throw invalid(label, 'has no arrays', 'Save one for each image');
    const channels = first.shape[1] ?? 0;
    const arrays = entries.map((entry) => regionArray(entry, label));
    const other = entries.find(({ shape }) => shape[1] !== channels);
    if (other !== undefined) {
      const found = `has ${channels} channels in "${first.name}" and ${other.shape[1]} in "${other.name}"`;
      throw invalid(label, found, 'Take all features from one network');
    }
    return { path, label, channels, arrays };
  });
}

/**
 * Reads some arrays: [arrays, regions, channels] in row-major order, zeros behind the regions of
 * an array that has fewer.
 *
 * @throws DataError `precomputed-invalid` for numbers that are not finite
 */
export async function readRegions(
  { path, label, channels }: PrecomputedFeatures,
  arrays: readonly RegionArray[],
  regions: number,
): Promise<Float32Array> {
  const rows = new Float32Array(arrays.length * regions * channels);
  await withFile(path, async (file) => {
    for (const [i, array] of arrays.entries()) {
      const start = i * regions * channels;
      const target = rows.subarray(start, start + array.regions * channels);
      await readArray(file, array, target, label);
      if (target.every(Number.isFinite)) continue;
      throw invalid(
        label,
        `has numbers in "${array.name}" that are not finite`,
        'Compute it again',
      );
    }
  });
  return rows;
}

function regionArray({ name, dtype, shape, start, end }: ArrayEntry, label: string): RegionArray {
  const [regions = 0, channels = 0] = shape;
  if (shape.length !== 2 || regions === 0 || channels === 0) {
    const found = `has "${name}" of shape [${shape.join(', ')}]`;
    throw invalid(label, found, 'Give each image an array [regions, channels], both at least 1');
  }
  if (!isDtype(dtype)) {
    throw invalid(label, `has "${name}" of type ${dtype}`, 'Save F32, F16 or BF16');
  }
  const expected = regions * channels * BYTES[dtype];
  if (end - start === expected) return { name, regions, dtype, start };
  throw invalid(label, `keeps ${end - start} bytes of "${name}" for ${expected}`, 'Save it again');
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(BYTES, dtype);
}

async function readArray(
  file: FileHandle,
  { dtype, start }: RegionArray,
  target: Float32Array,
  label: string,
): Promise<void> {
  if (dtype === 'F32') return fillArray(file, start, target, label);
  const bits = new Uint16Array(target.length);
  await fillArray(file, start, bits, label);
  (dtype === 'F16' ? fromF16 : fromBf16)(bits, target);
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openToRead(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (!isFileError(cause, 'ENOENT')) throw cause;
    const message = `${path} does not exist. Register the features again: capgrid encoder add.`;
    throw new DataError('object-missing', message, { cause });
  }
}

function invalid(label: string, found: string, remedy: string): DataError {
  return new DataError('precomputed-invalid', `${label} ${found}. ${remedy}.`);
}
