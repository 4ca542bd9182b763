/**
 * The header of a safetensors file: 8 bytes of its length (little-endian), then JSON with dtype,
 * shape and byte range of each array. The arrays behind it, often many gigabytes, are not read.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { DataError } from '../data-error.js';
import { findLayoutFault } from './array-layout.js';

export interface ArrayEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the file, not of the data behind the header. */
  readonly start: number;
  readonly end: number;
}

const LENGTH_BYTES = 8;
/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/**
 * The arrays of a file that is there, without their values.
 *
 * @throws DataError `safetensors-invalid`
 */
export async function listSafetensors(path: string): Promise<ArrayEntry[]> {
  const file = await open(path, 'r');
  try {
    return await readSafetensorsHeader(file, path);
  } finally {
    await file.close();
  }
}

/** Whether a file begins as safetensors do; no text does, its bytes make too large a number. */
export async function beginsAsSafetensors(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LENGTH_BYTES + 1));
    if (bytesRead <= LENGTH_BYTES || buffer.readBigUInt64LE() > MAX_HEADER_BYTES) return false;
    return buffer.toString('latin1', LENGTH_BYTES) === '{';
  } finally {
    await file.close();
  }
}

/**
 * @param label names the file in errors
 * @throws DataError `safetensors-invalid`
 */
export async function readSafetensorsHeader(
  file: FileHandle,
  label: string,
): Promise<ArrayEntry[]> {
  const { size } = await file.stat();
  const length = size < LENGTH_BYTES ? Infinity : await readLength(file);
  if (length > MAX_HEADER_BYTES) throw notSafetensors(label);
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > size) throw truncated(label, size, dataStart);
  const json = Buffer.alloc(length);
  await file.read(json, 0, length, LENGTH_BYTES);
  const entries = [...parse(json, label)];
  const end = entries.reduce((last, entry) => Math.max(last, entry.end), 0);
  if (dataStart + end > size) throw truncated(label, size, dataStart + end);
  const fault = findLayoutFault(entries, size - dataStart);
  if (fault !== null) throw badLayout(label, fault);
  return entries.map((entry) => ({
    ...entry,
    start: dataStart + entry.start,
    end: dataStart + entry.end,
  }));
}

async function readLength(file: FileHandle): Promise<number> {
  const { buffer } = await file.read(Buffer.alloc(LENGTH_BYTES), 0, LENGTH_BYTES, 0);
  return Number(buffer.readBigUInt64LE());
}

function* parse(json: Buffer, label: string): Generator<ArrayEntry> {
  const header = parseJson(json);
  if (typeof header !== 'object' || header === null) throw notSafetensors(label);
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const parsed = Entry.safeParse(value);
    if (!parsed.success) throw notSafetensors(label);
    const { dtype, shape, data_offsets: offsets } = parsed.data;
    yield { name, dtype, shape, start: offsets[0], end: offsets[1] };
  }
}

function parseJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return null;
  }
}

function badLayout(label: string, fault: string): DataError {
  const rule = 'Arrays have to follow each other without gaps or overlaps to the end of the file';
  const message = `${label} is no safetensors file: ${fault}. ${rule}; save it again.`;
  return new DataError('safetensors-invalid', message);
}

function notSafetensors(label: string): DataError {
  const message = `${label} is no safetensors file. Save it as safetensors.`;
  return new DataError('safetensors-invalid', message);
}

function truncated(label: string, size: number, expected: number): DataError {
  return new DataError(
    'safetensors-invalid',
    `${label} has ${size} bytes, its header asks for ${expected}: it was cut short. Copy it again.`,
  );
}
