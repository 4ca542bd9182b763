/**
 * Walks over the image files a user named: folders (with subfolders), tar files (also gzipped) and
 * single images. Only base names count, so no path inside a tar file can point anywhere, and links
 * in tar files are passed over.
 */
import { createReadStream, type Stats } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { DataError } from '../data-error.js';

export interface ImageFile {
  fileName: string;
  /** Changes when the file does; tells whether an earlier check still holds. */
  stamp: string;
  /** Size in bytes. */
  size: number;
  /** The content. Of use only until the next file is asked for: a tar file is read in one go. */
  load: () => Promise<Buffer>;
}

/** Fails at once when one of the sources does not exist. */
export async function openImageSources(
  paths: readonly string[],
): Promise<AsyncGenerator<ImageFile, void>> {
  const sources = await Promise.all(
    paths.map(async (path) => ({ path, stats: await guard(path, () => stat(path)) })),
  );
  return walkSources(sources);
}

async function* walkSources(
  sources: readonly { path: string; stats: Stats }[],
): AsyncGenerator<ImageFile, void> {
  for (const { path, stats } of sources) {
    if (stats.isDirectory()) yield* walkFolder(path);
    else if (/\.(tar|tar\.gz|tgz)$/i.test(path)) yield* walkTar(path, stats);
    else yield describeFile(path, stats);
  }
}

async function* walkFolder(folder: string): AsyncGenerator<ImageFile, void> {
  const entries = await guard(folder, () => readdir(folder, { withFileTypes: true }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walkFolder(path);
    else if (entry.isFile()) yield describeFile(path, await guard(path, () => stat(path)));
    else if (entry.isSymbolicLink()) {
      // Data sets are often folders of links to files; a link to a folder could go round in circles.
      const stats = await guard(path, () => stat(path)).catch(() => null);
      if (stats?.isFile() === true) yield describeFile(path, stats);
    }
  }
}

function describeFile(path: string, { size, mtimeMs }: Stats): ImageFile {
  return {
    fileName: basename(path),
    stamp: `file:${size}:${mtimeMs}`,
    size,
    load: () => guard(path, () => readFile(path)),
  };
}

async function* walkTar(path: string, stats: Stats): AsyncGenerator<ImageFile, void> {
  const unpack = extract();
  const isGzip = await guard(path, () => startsAsGzip(path));
  // Opened only here: the pipeline is there to take its errors.
  const source = createReadStream(path);
  const feeding = isGzip ? pipeline(source, createGunzip(), unpack) : pipeline(source, unpack);
  // A failure also ends the loop below, which reports it.
  feeding.catch(() => undefined);
  const entries = unpack[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await guard(path, () => entries.next());
      if (next.done === true) break;
      const entry = next.value;
      const { name, type, size } = entry.header;
      if (type === 'file' || type === 'contiguous-file') {
        yield {
          fileName: basename(name),
          stamp: `tar:${stats.size}:${stats.mtimeMs}:${size}`,
          size,
          load: () => guard(path, () => readWhole(entry)),
        };
      }
      // What the consumer did not load is passed over.
      entry.resume();
    }
    await guard(path, () => feeding);
  } finally {
    unpack.destroy();
    source.destroy();
  }
}

async function startsAsGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

async function readWhole(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function guard<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      'image-source-unreadable',
      `Cannot read images from ${path}: ${reason}. Check the path or fetch the file again; ` +
        'images checked so far are not checked again.',
      { cause },
    );
  }
}
