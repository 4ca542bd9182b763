/** What is wrong with a file is wrong with the command that names it. */
import { DataError } from '@capgrid/data';
import { CliError } from './cli-error.js';

/** Faults of the content, e.g. `vectors-invalid`; a store that is full is none. */
const OF_CONTENT = /-invalid$/;

/** @throws CliError `usage` where `read` finds that a file has other content than it should */
export async function asUsage<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof DataError) || !OF_CONTENT.test(cause.code)) throw cause;
    throw new CliError('usage', cause.message, { cause });
  }
}
