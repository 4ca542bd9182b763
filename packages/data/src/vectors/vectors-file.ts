/**
 * Word vectors in the store: a safetensors file with the array `vectors` [words, width] in F32. Only
 * the rows that are asked for are read, so a file may be larger than the memory.
 */
import { open } from 'node:fs/promises';
import { DataError } from '../data-error.js';
import { listSome } from '../list-some.js';
import { fillArray } from '../safetensors/fill-array.js';
import { readSafetensorsHeader } from '../safetensors/read-header.js';

export interface VectorsFile {
  readonly path: string;
  readonly words: number;
  /** Numbers of a vector. */
  readonly width: number;
  /** First byte of the first row. */
  readonly start: number;
}

/** The name of the array. */
export const VECTORS = 'vectors';
export const FLOAT_BYTES = 4;
/** Names of other arrays in an error. */
const SHOWN = 5;

/**
 * Reads and checks the header.
 *
 * @param label names the file in errors
 * @throws DataError `safetensors-invalid` or `vectors-invalid`
 */
export async function openVectors(path: string, label = path): Promise<VectorsFile> {
  const file = await open(path, 'r');
  try {
    const entries = await readSafetensorsHeader(file, label);
    const found = entries.find(({ name }) => name === VECTORS);
    if (found === undefined) {
      const names = entries.map(({ name }) => `"${name}"`);
      const there = names.length === 0 ? 'none' : listSome(names, SHOWN);
      throw invalid(`${label} has no array "${VECTORS}" (it has ${there}). Name it so.`);
    }
    const [words = 0, width = 0] = found.shape;
    if (found.shape.length !== 2 || words === 0 || width === 0) {
      throw invalid(
        `"${VECTORS}" in ${label} has the shape [${found.shape.join(', ')}]. Give it [words, width], both at least 1.`,
      );
    }
    if (found.dtype !== 'F32') {
      throw invalid(`"${VECTORS}" in ${label} is of type ${found.dtype}. Save it as F32.`);
    }
    const bytes = words * width * FLOAT_BYTES;
    if (found.end - found.start !== bytes) {
      throw invalid(
        `${label} keeps ${found.end - found.start} bytes of "${VECTORS}" for ${bytes}. Save it again.`,
      );
    }
    return { path, words, width, start: found.start };
  } finally {
    await file.close();
  }
}

/** Some rows [width], in the order asked. */
export async function readVectorRows(
  { path, words, width, start }: VectorsFile,
  rows: readonly number[],
): Promise<Float32Array[]> {
  const file = await open(path, 'r');
  try {
    const vectors: Float32Array[] = [];
    for (const row of rows) {
      if (row < 0 || row >= words) throw new RangeError(`There is no row ${row} of ${words}.`);
      const vector = new Float32Array(width);
      await fillArray(file, start + row * vector.byteLength, vector, path);
      vectors.push(vector);
    }
    return vectors;
  } finally {
    await file.close();
  }
}

function invalid(message: string): DataError {
  return new DataError('vectors-invalid', message);
}
