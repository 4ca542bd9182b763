/**
 * A folder of files named by their SHA-256. Equal content is kept once, a file never changes after
 * it appeared, and several processes may write at the same time.
 */
import { constants } from 'node:buffer';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { storePath, type Sha256 } from '@capgrid/contracts';
import { DataError } from './data-error.js';

/** Read and hashed at a time: the system does neither with 2 GiB at once. */
const CHUNK_BYTES = 2 ** 24;

/** Temporary files older than this were left by a killed process. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** How an object comes back: the store does not know what it is. */
const AGAIN =
  'If a task computed it, retry the sweep: what computed it runs again. If it was imported, import it again.';

/** Opens the store below `root`, creating it if needed. */
export async function openFileStore(root: string): Promise<FileStore> {
  const store = new FileStore(resolve(root));
  await guardWrites(store.root, async () => {
    await mkdir(join(store.root, 'objects'), { recursive: true });
    await mkdir(store.temporaryFolder, { recursive: true });
    const probe = store.temporaryPath();
    await (await open(probe, 'wx')).close();
    await rm(probe);
    await removeStaleFiles(store.temporaryFolder);
  });
  return store;
}

export class FileStore {
  constructor(readonly root: string) {}

  /** Where unfinished files lie; the same file system, so that a rename is atomic. */
  get temporaryFolder(): string {
    return join(this.root, 'tmp');
  }

  temporaryPath(): string {
    return join(this.temporaryFolder, randomUUID());
  }

  /** Absolute path of an object, whether it exists or not. */
  pathOf(sha256: Sha256): string {
    return join(this.root, storePath(sha256));
  }

  async put(bytes: Uint8Array): Promise<Sha256> {
    const hash = createHash('sha256');
    for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
      hash.update(bytes.subarray(start, start + CHUNK_BYTES));
    }
    const sha256 = hash.digest('hex');
    const size = bytes.byteLength;
    if ((await this.sizeOf(sha256)) === size) return sha256;
    return this.putAs(async (temporary) => {
      await this.writeTemporary(temporary, [bytes]);
      return { sha256, size };
    });
  }

  /** Copies a file of any size into the store. */
  async putFile(path: string): Promise<Sha256> {
    return this.putStream(createReadStream(path));
  }

  /**
   * Moves a finished file into the store. It must lie on the store's file system, for example in
   * its `tmp` folder, and be synced; large feature files are not copied this way.
   */
  async adoptFile(path: string): Promise<Sha256> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk);
    const sha256 = hash.digest('hex');
    await guardWrites(this.root, () => moveIntoPlace(path, this.pathOf(sha256)));
    return sha256;
  }

  async putStream(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Sha256> {
    return this.putAs(async (temporary) => {
      const hash = createHash('sha256');
      let size = 0;
      const hashed = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.byteLength;
          yield chunk;
        }
      };
      await this.writeTemporary(temporary, hashed());
      return { sha256: hash.digest('hex'), size };
    });
  }

  /** @param write makes the temporary file and says what it holds */
  private async putAs(
    write: (temporary: string) => Promise<{ sha256: Sha256; size: number }>,
  ): Promise<Sha256> {
    const temporary = this.temporaryPath();
    try {
      const { sha256, size } = await write(temporary);
      // The same size under this name is the same content; another size is a damaged object.
      if ((await this.sizeOf(sha256)) === size) return sha256;
      await guardWrites(this.root, () => moveIntoPlace(temporary, this.pathOf(sha256)));
      return sha256;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async has(sha256: Sha256): Promise<boolean> {
    return (await this.sizeOf(sha256)) !== null;
  }

  /** Size of an object in bytes, null when it is not in the store. */
  async sizeOf(sha256: Sha256): Promise<number | null> {
    try {
      return (await stat(this.pathOf(sha256))).size;
    } catch (cause) {
      if (isFileError(cause, 'ENOENT')) return null;
      throw cause;
    }
  }

  /** The whole content. Its hash is checked unless `verify` is false. */
  async read(sha256: Sha256, { verify = true } = {}): Promise<Buffer> {
    const hash = createHash('sha256');
    return this.withFile(sha256, async (file) => {
      const bytes = await this.readWhole(sha256, file, (chunk) => {
        if (verify) hash.update(chunk);
      });
      if (verify) await this.check(sha256, hash.digest('hex'), file);
      return bytes;
    });
  }

  /** Reads an object through and throws when it is missing or its content is not its name. */
  async verify(sha256: Sha256): Promise<void> {
    const hash = createHash('sha256');
    await this.withFile(sha256, async (file) => {
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
      await this.check(sha256, hash.digest('hex'), file);
    });
  }

  /**
   * What `read` makes of the file of an object that is too large to be hashed at each use. Its hash is
   * checked where that fails: a damaged object is another fault than one that nobody can use.
   */
  async readBy<T>(sha256: Sha256, read: (path: string) => Promise<T>): Promise<T> {
    try {
      return await read(this.pathOf(sha256));
    } catch (cause) {
      const isOfContent = cause instanceof DataError && cause.code !== 'object-missing';
      if (isOfContent) await this.verify(sha256);
      throw cause;
    }
  }

  private async readWhole(
    sha256: Sha256,
    file: FileHandle,
    onChunk: (chunk: Buffer) => void,
  ): Promise<Buffer> {
    const { size } = await file.stat();
    if (size > constants.MAX_LENGTH) {
      throw new DataError(
        'object-too-large',
        `${this.pathOf(sha256)} has ${size} bytes; at most ${constants.MAX_LENGTH} fit into memory as one piece.`,
      );
    }
    const bytes = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const length = Math.min(CHUNK_BYTES, size - filled);
      const { bytesRead } = await file.read(bytes, filled, length);
      // Cut meanwhile: the hash tells.
      if (bytesRead === 0) break;
      onChunk(bytes.subarray(filled, filled + bytesRead));
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  private async writeTemporary(
    path: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const file = await guardWrites(this.root, () => open(path, 'wx'));
    try {
      for await (const chunk of chunks) {
        await guardWrites(this.root, () => file.writeFile(chunk));
      }
      await guardWrites(this.root, () => file.sync());
    } finally {
      await file.close();
    }
  }

  private async withFile<T>(sha256: Sha256, read: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = await this.openToRead(sha256);
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  }

  private async openToRead(sha256: Sha256): Promise<FileHandle> {
    try {
      return await open(this.pathOf(sha256));
    } catch (cause) {
      if (!isFileError(cause, 'ENOENT')) throw cause;
      throw new DataError(
        'object-missing',
        `The store ${this.root} has no object ${sha256}. ${AGAIN}`,
        { cause },
      );
    }
  }

  /** Moves a damaged object aside: under its name it would be kept in place of a whole one. */
  private async check(expected: Sha256, actual: Sha256, file: FileHandle): Promise<void> {
    if (actual === expected) return;
    const path = this.pathOf(expected);
    const moved = await guardWrites(this.root, () => moveAside(file, path));
    const where = moved === null ? '' : ` It is kept as ${moved}.`;
    throw new DataError(
      'object-corrupt',
      `${path} was damaged: its content hashes to ${actual}.${where} ${AGAIN}`,
    );
  }
}

/** @returns where the file is now; null where another process has moved or replaced it meanwhile */
async function moveAside(damaged: FileHandle, path: string): Promise<string | null> {
  const aside = `${path}.damaged-${randomUUID()}`;
  try {
    const [now, read] = [await stat(path, { bigint: true }), await damaged.stat({ bigint: true })];
    if (now.ino !== read.ino) return null;
    await rename(path, aside);
    return aside;
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return null;
    throw cause;
  }
}

async function moveIntoPlace(temporary: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rename(temporary, path);
  // The name itself must survive a power cut, not only the content.
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeStaleFiles(folder: string): Promise<void> {
  const oldest = Date.now() - STALE_MS;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    try {
      if ((await stat(path)).mtimeMs < oldest) await rm(path, { force: true });
    } catch (cause) {
      // Another process may have finished with the file meanwhile.
      if (!isFileError(cause, 'ENOENT')) throw cause;
    }
  }
}

const REMEDIES: Record<string, string> = {
  EACCES: 'give this user write permission or choose another folder',
  EPERM: 'give this user write permission or choose another folder',
  EROFS: 'the file system is read-only: choose another folder',
  ENOSPC: 'the disk is full: free some space or choose another folder',
  EDQUOT: 'the disk quota is used up: free some space or choose another folder',
  ENOTDIR: 'a part of this path is a file: choose another folder',
  EEXIST: 'a file of this name is in the way: choose another folder',
};

/** Turns "cannot write here" of the system into an error that says where and what to do. */
async function guardWrites<T>(root: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const remedy = Object.entries(REMEDIES).find(([code]) => isFileError(cause, code))?.[1];
    if (remedy === undefined) throw cause;
    throw new DataError('store-not-writable', `Cannot write to the store ${root}: ${remedy}.`, {
      cause,
    });
  }
}

export function isFileError(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
