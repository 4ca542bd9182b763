/**
 * The safetensors format: 8 bytes of header length (little endian), a JSON header with name, dtype,
 * shape and byte range of each array, then the data. Written: F32. Read: F32 and I32 (as numbers).
 */
import { constants } from 'node:buffer';
import { CheckpointError } from '../errors.js';
import { sizeOf, type NamedArray } from '../parameters.js';
import { field } from './json-field.js';

export interface SafetensorsFile {
  readonly arrays: readonly NamedArray[];
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
/** Of one array of this process. */
const MAX_BYTES = constants.MAX_LENGTH;
const RESTORE = 'Restore the file from its source, or train again.';

/** Arrays keep their order; equal input gives equal bytes. */
export function encodeSafetensors(
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, values } of arrays) {
    if (name in header) throw new CheckpointError(`Two arrays are named "${name}".`, 'Rename one.');
    if (sizeOf(shape) !== values.length) {
      throw new CheckpointError(
        `"${name}" has ${values.length} values for the shape [${shape.join(', ')}].`,
        'Pass matching ones.',
      );
    }
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = JSON.stringify(header);
  // Padding with spaces keeps the data 8-byte aligned, as the reference writer does.
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const size = LENGTH_BYTES + padded + offset;
  if (size > MAX_BYTES) {
    throw new CheckpointError(
      `The file would have ${size} bytes, more than the ${MAX_BYTES} that can be written.`,
      'Make the model smaller; for a training state, lower schedule.averageCheckpoints.',
    );
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  bytes.set(text, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + padded);
  let position = LENGTH_BYTES + padded;
  for (const { values } of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return bytes;
}

export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const dataStart = readDataStart(bytes);
  const header = readHeader(bytes.subarray(LENGTH_BYTES, dataStart));
  const data = bytes.subarray(dataStart);
  const arrays: NamedArray[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') metadata = readMetadata(entry);
    else arrays.push(readArray(name, entry, data));
  }
  return { arrays, metadata };
}

function readDataStart(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) {
    throw new CheckpointError(`The file has only ${bytes.length} bytes.`, RESTORE);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new CheckpointError('The file does not begin like safetensors.', RESTORE);
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > bytes.length) {
    throw new CheckpointError(
      `The header should end at byte ${dataStart}, the file has ${bytes.length}: truncated or not safetensors.`,
      RESTORE,
    );
  }
  return dataStart;
}

function readHeader(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new CheckpointError('The header is not JSON: the file is not safetensors.', RESTORE);
  }
  if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  throw new CheckpointError('The header is not a JSON object.', RESTORE);
}

function readMetadata(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) {
    throw new CheckpointError('The metadata is not a JSON object.', RESTORE);
  }
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, String(value)]));
}

function readArray(name: string, entry: unknown, data: Uint8Array): NamedArray {
  const dtype = field(entry, 'dtype');
  const shape = numbers(name, field(entry, 'shape'));
  const [begin = -1, end = -1] = numbers(name, field(entry, 'data_offsets'));
  if (dtype !== 'F32' && dtype !== 'I32') {
    throw new CheckpointError(
      `"${name}" has the dtype ${String(dtype)}; F32 and I32 can be read.`,
      'Convert the file to F32.',
    );
  }
  const size = sizeOf(shape);
  if (begin < 0 || end - begin !== size * 4) {
    throw new CheckpointError(
      `"${name}" of shape [${shape.join(', ')}] needs ${size * 4} bytes, its range has ${end - begin}.`,
      RESTORE,
    );
  }
  if (end > data.length) {
    throw new CheckpointError(
      `"${name}" ends at byte ${end} of the data, the file has ${data.length}: truncated.`,
      RESTORE,
    );
  }
  // A copy, because the data need not be aligned to 4 bytes. (`slice` of a Node Buffer is none.)
  const { buffer } = new Uint8Array(data.subarray(begin, end));
  const values =
    dtype === 'F32' ? new Float32Array(buffer) : Float32Array.from(new Int32Array(buffer));
  return { name, shape, values };
}

function numbers(name: string, value: unknown): number[] {
  const isList = Array.isArray(value) && value.every((n) => Number.isInteger(n) && n >= 0);
  if (!isList) {
    throw new CheckpointError(`"${name}" has a damaged shape or byte range.`, RESTORE);
  }
  return value.map(Number);
}
