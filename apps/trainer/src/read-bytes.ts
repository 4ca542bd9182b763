/** A file of the store as a plain Uint8Array; a Buffer's `slice` would not copy. */
import type { Sha256 } from '@capgrid/contracts';
import type { FileStore } from '@capgrid/data';

export async function readBytes(store: FileStore, sha256: Sha256): Promise<Uint8Array> {
  const bytes = await store.read(sha256);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
