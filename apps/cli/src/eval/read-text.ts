/** Reads a file of captions as text: unpacks gzip, insists on UTF-8, and says what is wrong with a file that is neither. */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CliError, isFileError } from '../cli-error.js';

/** One string of V8 holds 2^29 - 24 characters. All captions of COCO's training images are 2^26 bytes. */
const MOST_BYTES = 2 ** 29 - 24;

/** @throws CliError `usage` when it cannot be read, `bad-captions` when it holds no UTF-8 text */
export async function readText(path: string): Promise<string> {
  const bytes = await unpack(path, await readBytes(path));
  if (bytes.length > MOST_BYTES) {
    throw badFile(
      path,
      `holds ${bytes.length} bytes, more than the ${MOST_BYTES} that can be read`,
      'Split it',
    );
  }
  assertUtf8(path, bytes);
  const text = bytes.toString('utf8');
  const withoutMark = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (withoutMark.trim() === '') {
    throw badFile(
      path,
      bytes.length === 0 ? 'is empty' : 'holds only blanks',
      'Give a file with captions',
    );
  }
  return withoutMark;
}

/** @param problem continues a sentence that begins with the path */
export function badFile(path: string, problem: string, remedy: string, cause?: unknown): CliError {
  return new CliError('bad-captions', `${path} ${problem}. ${remedy}.`, { cause });
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = isFileError(cause, 'EISDIR')
      ? 'it is a folder'
      : isFileError(cause, 'ERR_FS_FILE_TOO_LARGE')
        ? 'it is larger than 2 GiB'
        : cause instanceof Error
          ? cause.message
          : String(cause);
    throw new CliError('usage', `Cannot read ${path}: ${reason}.`, { cause });
  }
}

/** By the first two bytes, whatever the file is called. */
async function unpack(path: string, bytes: Buffer): Promise<Buffer> {
  if (!isGzip(bytes)) return bytes;
  const unpacked = await unpackOnce(path, bytes);
  if (!isGzip(unpacked)) return unpacked;
  throw badFile(path, 'is packed with gzip twice', 'Unpack it once with gunzip');
}

async function unpackOnce(path: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    if (isFileError(cause, 'Z_BUF_ERROR')) {
      const problem = `is a gzip file that ends too early, after ${bytes.length} bytes`;
      throw badFile(path, problem, 'Copy or download it again', cause);
    }
    if (isFileError(cause, 'ERR_BUFFER_TOO_LARGE')) {
      throw badFile(path, `unpacks to more than ${MOST_BYTES} bytes`, 'Split it', cause);
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = `is a damaged gzip file (${reason})`;
    throw badFile(path, problem, 'Copy or download it again', cause);
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function assertUtf8(path: string, bytes: Buffer): void {
  const utf16 = utf16Kind(bytes);
  if (utf16 !== null) {
    const problem = `is ${utf16} text, from byte 0 on, and captions are read as UTF-8`;
    throw badFile(path, problem, `Convert it: iconv -f ${utf16} -t UTF-8`);
  }
  if (bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') {
    throw badFile(path, 'is a zip archive', 'Unpack it with unzip and give the file inside');
  }
  if (isUtf8(bytes)) {
    const nul = bytes.indexOf(0);
    if (nul === -1) return;
    throw badFile(path, `is no text: byte ${nul} is 0`, 'Give a file of captions in UTF-8');
  }
  const { offset, line } = firstBadByte(bytes);
  const value = `0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')}`;
  throw badFile(
    path,
    `is not UTF-8: byte ${offset} (line ${line}) is ${value}`,
    'Save it as UTF-8; when it is Latin-1: iconv -f ISO-8859-1 -t UTF-8',
  );
}

/** By its byte order mark or, as the text of a caption file begins with ASCII, by a zero beside that. */
function utf16Kind(bytes: Buffer): 'UTF-16LE' | 'UTF-16BE' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'UTF-16LE';
  if (first === 0xfe && second === 0xff) return 'UTF-16BE';
  if (first === undefined || second === undefined) return null;
  if (first > 0 && first < 0x80 && second === 0 && bytes[3] === 0) return 'UTF-16LE';
  if (first === 0 && second > 0 && second < 0x80 && bytes[2] === 0) return 'UTF-16BE';
  return null;
}

/** The length of the longest valid beginning is found by halving: a cut character counts as valid. */
function firstBadByte(bytes: Buffer): { offset: number; line: number } {
  const decodes = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = valid + Math.floor((invalid - valid) / 2);
    if (decodes(middle)) valid = middle;
    else invalid = middle;
  }
  // A character of several bytes may begin before the byte that breaks it.
  let offset = valid;
  while (!isUtf8(bytes.subarray(0, offset))) offset -= 1;
  let line = 1;
  for (const byte of bytes.subarray(0, offset)) if (byte === 10) line += 1;
  return { offset, line };
}
