/** Looks at the paths of `capgrid eval` before anything is read or scored. */
import { stat } from 'node:fs/promises';
import { checkReadable } from '../check-path.js';
import { CliError } from '../cli-error.js';

export interface InputPath {
  /** As on the command line, e.g. `--candidates`. */
  readonly option: string;
  readonly path: string;
  /** Captions to score; a file of those is given once. */
  readonly isScored: boolean;
}

/**
 * @throws CliError `usage` for a file that cannot be read, a folder, and captions given twice: scored
 * against themselves they look like a perfect result
 */
export async function checkInputPaths(inputs: readonly InputPath[]): Promise<void> {
  const seen = new Map<string, InputPath>();
  for (const input of inputs) {
    const identity = await identityOf(input);
    const earlier = seen.get(identity);
    if (earlier !== undefined && earlier.isScored && input.isScored) {
      const path = earlier.path === input.path ? input.path : `${earlier.path} and ${input.path}`;
      const message =
        earlier.option === input.option
          ? `${input.option} names one file twice, ${path}: give it once.`
          : `${earlier.option} and ${input.option} are the same file, ${path}: give each its own.`;
      throw new CliError('usage', message);
    }
    seen.set(identity, input);
  }
}

async function identityOf({ option, path }: InputPath): Promise<string> {
  try {
    await checkReadable(path);
  } catch (cause) {
    if (!(cause instanceof CliError)) throw cause;
    throw new CliError('usage', `${option}: ${cause.message}`, { cause });
  }
  const found = await stat(path, { bigint: true });
  if (!found.isDirectory()) return `${found.dev}:${found.ino}`;
  throw new CliError('usage', `${option}: Cannot read ${path}: it is a folder, not a file.`);
}
