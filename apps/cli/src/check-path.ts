/** Looks at paths given on the command line before anything else is done with them. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { CliError, isFileError } from './cli-error.js';

/** @throws CliError `usage` when it is no file that can be read */
export async function checkRegular(path: string): Promise<void> {
  await checkReadable(path);
  const found = await stat(path);
  if (found.isFile()) return;
  const reason = found.isDirectory() ? 'it is a folder' : 'it is no regular file';
  throw new CliError('usage', `Cannot read ${path}: ${reason}.`);
}

/** @throws CliError `usage` when it is neither a file nor a folder that can be read */
export async function checkReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (cause) {
    throw new CliError('usage', `Cannot read ${path}: ${reasonOf(cause)}.`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (isFileError(cause, 'ENOENT', 'ENOTDIR')) return 'there is no such file';
  if (isFileError(cause, 'EACCES')) return 'this user may not read it';
  return String(cause);
}
