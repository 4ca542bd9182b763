/**
 * Writes a feature file row by row into the store. Every writer has a file of its own in the store's
 * `tmp` folder, so two of them never disturb each other; rows that a killed one left are copied.
 */
import { randomUUID } from 'node:crypto';
import { constants, copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '@capgrid/contracts';
import { DataError } from './data-error.js';
import { encodeHeader, rowBytes, type FeatureMetaInput } from './feature-file-format.js';
import { isFileError, type FileStore } from './file-store.js';

/**
 * Starts a feature file. It goes on after the rows of an unfinished one that has the same `key` and
 * is for the same images and shape; `rowsWritten` tells how many are done.
 *
 * @param key names all that the rows depend on
 */
export async function writeFeatures(
  store: FileStore,
  key: string,
  meta: FeatureMetaInput,
): Promise<FeatureWriter> {
  const header = encodeHeader(meta);
  const prefix = join(store.temporaryFolder, `features-${key}.`);
  const path = `${prefix}${randomUUID()}`;
  const taken = await takeOver(store, prefix, path);
  if (taken !== null) {
    const rows = await wholeRows(taken, header, meta);
    if (rows !== null) return new FeatureWriter(store, path, meta, taken, header.byteLength, rows);
    await taken.close();
  }
  const file = await open(path, 'w+');
  await writeAt(file, header, 0);
  return new FeatureWriter(store, path, meta, file, header.byteLength, 0);
}

export class FeatureWriter {
  private written: number;

  constructor(
    private readonly store: FileStore,
    private readonly path: string,
    private readonly meta: FeatureMetaInput,
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

  /** Moves the file into the store. All images must be written. */
  async finish(): Promise<Sha256> {
    const { length } = this.meta.imageIds;
    if (this.written !== length) {
      throw new DataError(
        'feature-shape',
        `Features: ${this.written} of ${length} images are written; append the others first.`,
      );
    }
    try {
      await this.file.sync();
      return await this.adopt();
    } finally {
      await this.file.close();
    }
  }

  private async adopt(): Promise<Sha256> {
    try {
      return await this.store.adoptFile(this.path);
    } catch (cause) {
      if (!isFileError(cause, 'ENOENT')) throw cause;
      // Another writer took this one for killed and removed its name; the open file is still whole.
      return this.store.putStream(this.file.createReadStream({ start: 0, autoClose: false }));
    }
  }

  /** Stops without finishing; `writeFeatures` can go on later. */
  async close(): Promise<void> {
    await this.file.close();
  }
}

/**
 * Copies the longest unfinished file to `path` and removes all of them. Whether their writers are
 * dead cannot be known; a living one goes on with its open file.
 */
async function takeOver(
  store: FileStore,
  prefix: string,
  path: string,
): Promise<FileHandle | null> {
  const names = await readdir(store.temporaryFolder);
  const found: { path: string; size: number }[] = [];
  for (const name of names) {
    const other = join(store.temporaryFolder, name);
    if (!other.startsWith(prefix)) continue;
    const size = await unlessGone(async () => (await stat(other)).size);
    if (size !== null) found.push({ path: other, size });
  }
  found.sort((a, b) => b.size - a.size);
  const [longest] = found;
  if (longest === undefined) return null;
  // Only an opened file may bear a name that another writer would take over in turn.
  const copy = store.temporaryPath();
  const file = await unlessGone(async () => {
    await copyFile(longest.path, copy, constants.COPYFILE_FICLONE);
    return open(copy, 'r+');
  });
  if (file === null) return null;
  await rename(copy, path);
  for (const other of found) await rm(other.path, { force: true });
  return file;
}

/** How many rows are whole, null when the file is of another feature set. */
async function wholeRows(
  file: FileHandle,
  header: Buffer,
  meta: FeatureMetaInput,
): Promise<number | null> {
  const found = Buffer.alloc(header.byteLength);
  const { bytesRead } = await file.read(found, 0, found.byteLength, 0);
  if (bytesRead < found.byteLength || !found.equals(header)) return null;
  const { size } = await file.stat();
  const rows = Math.floor((size - header.byteLength) / rowBytes(meta));
  // A kill in the middle of a write leaves a part of a row.
  await file.truncate(header.byteLength + rows * rowBytes(meta));
  return rows;
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
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
