/** Reads a feature file: small ones are kept in memory, large ones are read row by row. */
import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { DataError } from './data-error.js';
import {
  decodeHeader,
  decodePreamble,
  PREAMBLE_BYTES,
  rowBytes,
  type FeatureMeta,
} from './feature-file-format.js';
import { isFileError } from './file-store.js';

/** How a file that a task wrote comes back. */
const AGAIN = 'Retry the sweep: what computed it runs again.';

/** Feature sets up to this size are read whole: 512 MiB. */
export const IN_MEMORY_BYTES = 512 * 1024 * 1024;

export async function openFeatures(
  path: string,
  { inMemoryBytes = IN_MEMORY_BYTES } = {},
): Promise<FeatureReader> {
  const file = await openToRead(path);
  try {
    const preamble = readAt(file, 0, PREAMBLE_BYTES);
    const headerBytes = decodePreamble(preamble, path);
    const meta = decodeHeader(readAt(file, PREAMBLE_BYTES, headerBytes), path);
    const start = PREAMBLE_BYTES + headerBytes;
    const size = meta.imageIds.length * rowBytes(meta);
    requireSize(path, (await file.stat()).size, start + size);
    if (size > inMemoryBytes) return new FeatureReader(path, meta, { file, start });
    const rows = new Float32Array(size / Float32Array.BYTES_PER_ELEMENT);
    fill(file, start, rows, path);
    await file.close();
    return new FeatureReader(path, meta, rows);
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** Where the rows are: in memory, or in an open file from byte `start`. */
type Rows = Float32Array | { file: FileHandle; start: number };

export class FeatureReader {
  private readonly indices: ReadonlyMap<string, number>;

  constructor(
    private readonly path: string,
    private readonly meta: FeatureMeta,
    private readonly rows: Rows,
  ) {
    this.indices = new Map(meta.imageIds.map((id, index) => [id, index]));
  }

  get regions(): number {
    return this.meta.regions;
  }

  get channels(): number {
    return this.meta.channels;
  }

  /** Regions of each row that are no padding; null where all have `regions`. */
  get counts(): readonly number[] | null {
    return this.meta.counts;
  }

  /** Number of images. */
  get count(): number {
    return this.meta.imageIds.length;
  }

  get isInMemory(): boolean {
    return this.rows instanceof Float32Array;
  }

  /** Row of an image. */
  indexOf(imageId: string): number {
    const index = this.indices.get(imageId);
    if (index !== undefined) return index;
    throw new DataError(
      'feature-range',
      `${this.path} has no features of image ${imageId}. Open the features of its dataset.`,
    );
  }

  /**
   * Features of some images, [indices, regions, channels] in row-major order. Synchronous, as a
   * training step is: it has nothing else to do while it waits for its batch.
   *
   * @param result where they go; of their size
   */
  batch(
    indices: readonly number[],
    result: Float32Array = new Float32Array(indices.length * this.regions * this.channels),
  ): Float32Array {
    const width = this.regions * this.channels;
    for (const [position, index] of indices.entries()) {
      this.requireRow(index);
      const target = result.subarray(position * width, (position + 1) * width);
      if (this.rows instanceof Float32Array) {
        target.set(this.rows.subarray(index * width, (index + 1) * width));
      } else {
        const at = this.rows.start + index * rowBytes(this.meta);
        fill(this.rows.file, at, target, this.path);
      }
    }
    return result;
  }

  async close(): Promise<void> {
    if (!(this.rows instanceof Float32Array)) await this.rows.file.close();
  }

  private requireRow(index: number): void {
    if (Number.isInteger(index) && index >= 0 && index < this.count) return;
    throw new DataError(
      'feature-range',
      `${this.path}: row ${index} does not exist; rows are 0 to ${this.count - 1}.`,
    );
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if (!isFileError(cause, 'ENOENT')) throw cause;
    throw new DataError('object-missing', `${path} does not exist. ${AGAIN}`, { cause });
  }
}

function requireSize(path: string, actual: number, expected: number): void {
  if (actual === expected) return;
  throw new DataError(
    actual < expected ? 'feature-file-truncated' : 'feature-file-invalid',
    `${path} has ${actual} bytes; its header asks for ${expected}. ${AGAIN}`,
  );
}

function readAt(file: FileHandle, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const count = readInto(file, position, bytes);
  return bytes.subarray(0, count);
}

function fill(file: FileHandle, position: number, target: Float32Array, path: string): void {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  const count = readInto(file, position, bytes);
  if (count === bytes.byteLength) return;
  throw new DataError(
    'feature-file-truncated',
    `${path} ended at byte ${position + count} while being read. ${AGAIN}`,
  );
}

/** A single read may return less than was asked for; returns the bytes read up to the end. */
function readInto(file: FileHandle, position: number, bytes: Uint8Array): number {
  let done = 0;
  while (done < bytes.byteLength) {
    const bytesRead = readSync(file.fd, bytes, done, bytes.byteLength - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
