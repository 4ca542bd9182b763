/** Writes scores per image, one JSON object a line: complete under its name, or not at all. */
import { rmSync } from 'node:fs';
import { lstat, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError, isFileError } from '../cli-error.js';

export interface PerImageFile {
  write(lines: Iterable<unknown>): Promise<void>;
}

/** Lines go to the disk in portions of about this many characters. */
const PORTION = 2 ** 20;

/**
 * Proves that the file can be written, before minutes of scoring.
 *
 * @param inputs files that it must not replace
 * @throws CliError `usage`
 */
export async function preparePerImageFile(
  path: string,
  inputs: readonly string[],
): Promise<PerImageFile> {
  if (path === '-') {
    const message =
      '--per-image writes a file, and stdout has the scores: give it a name, or ./- to call it "-".';
    throw new CliError('usage', message);
  }
  const target = await findTarget(path);
  for (const input of inputs) {
    if ((await realpath(input)) !== target) continue;
    const message = `Cannot write ${path}: --per-image would replace a file that is read. Give another name.`;
    throw new CliError('usage', message);
  }
  const partial = join(dirname(target), `.${basename(target)}.${process.pid}.partial`);
  try {
    await removedOnSignals(partial, async () => {
      await (await open(partial, 'w')).close();
      await rm(partial);
    });
  } catch (cause) {
    throw notWritable(path, cause);
  }
  return { write: (lines) => writeLines({ path, target, partial }, lines) };
}

/** A link stays, and the file that it names is written. */
async function findTarget(path: string): Promise<string> {
  let target = resolve(path);
  try {
    target = await realpath(target);
  } catch (cause) {
    if (!isFileError(cause, 'ENOENT')) throw notWritable(path, cause);
    if (path.endsWith('/')) throw notAFile(path, 'it is the name of a folder');
    return target;
  }
  const found = await lstat(target);
  if (found.isDirectory()) throw notAFile(path, 'it is a folder');
  // A renamed file would take the place of a device or a pipe.
  if (!found.isFile()) throw notAFile(path, 'it is no regular file');
  return target;
}

async function writeLines(
  { path, target, partial }: { path: string; target: string; partial: string },
  lines: Iterable<unknown>,
): Promise<void> {
  try {
    await removedOnSignals(partial, async () => {
      const file = await open(partial, 'w');
      try {
        for (const portion of portionsOf(lines)) await file.appendFile(portion);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, target);
    });
  } catch (cause) {
    await rm(partial, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('folder-not-writable', `Cannot write ${path}: ${reason}.`, { cause });
  }
}

function* portionsOf(lines: Iterable<unknown>): Generator<string> {
  let portion = '';
  for (const line of lines) {
    portion += `${JSON.stringify(line)}\n`;
    if (portion.length < PORTION) continue;
    yield portion;
    portion = '';
  }
  yield portion;
}

/** Ctrl-C and the like end the process as ever, but leave no `partial` behind. */
async function removedOnSignals(partial: string, write: () => Promise<void>): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = (): void => signals.forEach((signal) => process.off(signal, end));
  const end = (signal: NodeJS.Signals): void => {
    rmSync(partial, { force: true });
    release();
    process.kill(process.pid, signal);
  };
  signals.forEach((signal) => process.on(signal, end));
  try {
    await write();
  } finally {
    release();
  }
}

function notAFile(path: string, reason: string): CliError {
  return new CliError(
    'usage',
    `Cannot write ${path}: ${reason}. Give --per-image the name of a file.`,
  );
}

function notWritable(path: string, cause: unknown): CliError {
  const reason = isFileError(cause, 'ENOENT')
    ? `there is no folder ${dirname(path)}`
    : isFileError(cause, 'ENOTDIR')
      ? `${dirname(path)} is no folder`
      : isFileError(cause, 'EACCES', 'EPERM')
        ? 'this user may not write there'
        : isFileError(cause, 'EROFS')
          ? 'the disk is read-only'
          : cause instanceof Error
            ? cause.message
            : String(cause);
  return new CliError('usage', `Cannot write ${path}: ${reason}. Choose another place.`, { cause });
}
