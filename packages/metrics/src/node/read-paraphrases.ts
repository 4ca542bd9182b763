/**
 * Reads METEOR's paraphrase table from a file, plain or gzip. The official table unpacks to hundreds
 * of megabytes, so it is read as a stream and never lies in memory as text.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MetricInputError } from '../metric-input-error.js';
import { MetricResourceError } from '../metric-resource-error.js';
import type { ParaphraseTable } from '../meteor/paraphrase-table.js';
import {
  createParaphraseParser,
  type ParaphraseOptions,
  type ParaphraseParser,
} from '../meteor/parse-paraphrases.js';

export interface ParaphraseFile {
  readonly table: ParaphraseTable;
  /** Of the file as it lies there, as `sha256sum FILE` prints it. */
  readonly sha256: string;
}

/**
 * A name that ends in .gz must hold gzip; any other file may. Throws {@link MetricResourceError}
 * `unreadable-paraphrase-file` and {@link MetricInputError} `invalid-paraphrase-table`, which name the
 * file and the line.
 */
export async function readParaphrases(
  path: string,
  options?: ParaphraseOptions,
): Promise<ParaphraseFile> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw unreadable(path, `it cannot be opened (${reason(cause)})`, cause);
  }
  try {
    return await readOpenFile(path, file, options);
  } finally {
    await file.close();
  }
}

async function readOpenFile(
  path: string,
  file: FileHandle,
  options?: ParaphraseOptions,
): Promise<ParaphraseFile> {
  const isGzip = await startsAsGzip(path, file);
  if (!isGzip && path.endsWith('.gz')) {
    throw unreadable(path, 'its name ends in .gz but it is not gzip');
  }
  const hash = createHash('sha256');
  const parser = createParaphraseParser(path, options);
  const bytes = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES });
  bytes.on('data', (chunk) => hash.update(chunk));
  try {
    await (isGzip
      ? pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), parseWith(parser))
      : pipeline(bytes, parseWith(parser)));
  } catch (cause) {
    if (cause instanceof MetricInputError) throw cause;
    throw unreadable(path, `it cannot be read past line ${parser.lines} (${reason(cause)})`, cause);
  }
  return { table: parser.finish(), sha256: hash.digest('hex') };
}

const CHUNK_BYTES = 1 << 18;

async function startsAsGzip(path: string, file: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(2);
  try {
    const { bytesRead } = await file.read(head, 0, 2, 0);
    return bytesRead === 2 && head.readUInt16BE() === 0x1f8b;
  } catch (cause) {
    throw unreadable(path, `it cannot be read (${reason(cause)})`, cause);
  }
}

function parseWith(parser: ParaphraseParser): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      try {
        parser.push(chunk);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}

function unreadable(path: string, problem: string, cause?: unknown): MetricResourceError {
  const error = new MetricResourceError(
    'unreadable-paraphrase-file',
    `The paraphrase table ${path}: ${problem}. ` +
      "Pass METEOR's paraphrase-en.gz, whole, or a text file of the same format.",
  );
  if (cause !== undefined) error.cause = cause;
  return error;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
