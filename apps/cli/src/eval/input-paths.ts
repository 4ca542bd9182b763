/** Looks at the paths of `capgrid eval` before anything is read or scored. */
import { stat } from 'node:fs/promises';
import { checkReadable } from '../check-path.js';
import { CliError } from '../cli-error.js';

export interface InputPath {
  /** As on the command line, e.g. `--candidates`. */
  readonly option: string;
  readonly path: string;
}

/**
 * @throws CliError `usage` for a file that cannot be read, a folder, and the same file given twice:
 * captions scored against themselves look like a perfect result
 */
export async function checkInputPaths(inputs: readonly InputPath[]): Promise<void> {
  const seen = new Map<string, InputPath>();
  for (const input of inputs) {
    const identity = await identityOf(input.path);
    const earlier = seen.get(identity);
    if (earlier !== undefined) {
      const path = earlier.path === input.path ? input.path : `${earlier.path} and ${input.path}`;
      const message = `${earlier.option} and ${input.option} are the same file, ${path}: give each its own.`;
      throw new CliError('usage', message);
    }
    seen.set(identity, input);
  }
}

async function identityOf(path: string): Promise<string> {
  await checkReadable(path);
  const found = await stat(path, { bigint: true });
  if (found.isDirectory()) {
    throw new CliError('usage', `Cannot read ${path}: it is a folder. Give the file in it.`);
  }
  return `${found.dev}:${found.ino}`;
}
