/**
 * Writes a feature file row by row. Until `finish` the rows lie in `<path>.partial`, so a file
 * under its final name is always whole, and a killed extraction can go on where it ended.
 */
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DataError } from './data-error.js';
import { encodeHeader, rowBytes, type FeatureMeta } from './feature-file-format.js';
import { isFileError } from './file-store.js';

/** Starts a feature file anew; what an earlier extraction left behind is discarded. */
export async function createFeatureFile(path: string, meta: FeatureMeta): Promise<FeatureWriter> {
  const header = encodeHeader(meta);
  await mkdir(dirname(path), { recursive: true });
  const file = await open(partialPath(path), 'w');
  await writeAt(file, header, 0);
  return new FeatureWriter(path, meta, file, header.byteLength, 0);
}

/**
 * Goes on with what an earlier extraction left behind, if it is for the same images and shape;
 * otherwise starts anew. `rowsWritten` tells how many images are done.
 */
export async function resumeFeatureFile(path: string, meta: FeatureMeta): Promise<FeatureWriter> {
  const header = encodeHeader(meta);
  const file = await openExisting(partialPath(path));
  if (file === null) return createFeatureFile(path, meta);
  const found = Buffer.alloc(header.byteLength);
  const { bytesRead } = await file.read(found, 0, found.byteLength, 0);
  if (bytesRead < found.byteLength || !found.equals(header)) {
    await file.close();
    return createFeatureFile(path, meta);
  }
  const { size } = await file.stat();
  const rows = Math.floor((size - header.byteLength) / rowBytes(meta));
  // A kill in the middle of a write leaves a part of a row.
  await file.truncate(header.byteLength + rows * rowBytes(meta));
  return new FeatureWriter(path, meta, file, header.byteLength, rows);
}

export class FeatureWriter {
  private written: number;

  constructor(
    private readonly path: string,
    private readonly meta: FeatureMeta,
    private readonly file: FileHandle,
    private readonly headerBytes: number,
    rowsWritten: number,
  ) {
    this.written = rowsWritten;
  }

  /** Images whose features are in the file; the next `append` continues after them. */
  get rowsWritten(): number {
    return this.written;
  }

  /** Appends the features of the next images, [n, regions, channels] in row-major order. */
  async append(rows: Float32Array): Promise<void> {
    const { imageIds, regions, channels } = this.meta;
    const count = rows.length / (regions * channels);
    const left = imageIds.length - this.written;
    if (!Number.isInteger(count) || count > left) {
      throw new DataError(
        'feature-shape',
        `Features: got ${rows.length} numbers; expected n x ${regions} x ${channels} with n at most ` +
          `${left}, the images left.`,
      );
    }
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    await writeAt(this.file, bytes, this.headerBytes + this.written * rowBytes(this.meta));
    this.written += count;
  }

  /** Makes the file appear under its final name. All images must be written. */
  async finish(): Promise<void> {
    const { length } = this.meta.imageIds;
    if (this.written !== length) {
      throw new DataError(
        'feature-shape',
        `Features: ${this.written} of ${length} images are written; append the others first.`,
      );
    }
    await this.file.sync();
    await this.file.close();
    await rename(partialPath(this.path), this.path);
  }

  /** Stops without finishing; `resumeFeatureFile` can go on later. */
  async close(): Promise<void> {
    await this.file.close();
  }
}

function partialPath(path: string): string {
  return `${path}.partial`;
}

async function openExisting(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+');
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return null;
    throw cause;
  }
}

/** A single write may take less than it was given. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await file.write(
      bytes,
      done,
      bytes.byteLength - done,
      position + done,
    );
    done += bytesWritten;
  }
}
