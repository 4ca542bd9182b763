/** Reads a part of a file into an array; a single read may return less than was asked for. */
import type { FileHandle } from 'node:fs/promises';
import { DataError } from '../data-error.js';

/**
 * @param start of the part, in bytes of the file
 * @param label names the file in errors
 * @throws DataError `safetensors-invalid` where the file ends before
 */
export async function fillArray(
  file: FileHandle,
  start: number,
  target: Float32Array | Uint16Array,
  label: string,
): Promise<void> {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, start + done);
    if (bytesRead === 0) {
      const message = `${label} ended while being read. Register it again.`;
      throw new DataError('safetensors-invalid', message);
    }
    done += bytesRead;
  }
}
