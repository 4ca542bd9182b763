/** A SHA-256 digest as 64 lower-case hex digits: the name of every file in the store. */
import { z } from 'zod';

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in 64 lower-case hex digits')
  .meta({ id: 'Sha256' });
export type Sha256 = z.infer<typeof Sha256>;

/** Where a file lies below the root of the store. */
export function storePath(sha256: Sha256): string {
  return `objects/${sha256.slice(0, 2)}/${sha256}`;
}

/** The folder of the store below `CAPGRID_HOME`. */
export const STORE_FOLDER = 'store';
