/**
 * Remembers which image files have been checked, one JSON line each, so that an import that was
 * killed goes on where it ended and a repeated one decodes nothing.
 */
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Sha256 } from '@capgrid/contracts';
import { z } from 'zod';
import { isFileError } from '../file-store.js';

const CheckedFile = z.strictObject({
  fileName: z.string(),
  /** State of the file when it was checked. */
  stamp: z.string(),
  result: z.discriminatedUnion('isSound', [
    z.strictObject({
      isSound: z.literal(true),
      sha256: Sha256,
      width: z.int().min(1),
      height: z.int().min(1),
    }),
    z.strictObject({ isSound: z.literal(false), reason: z.string() }),
  ]),
});
export type CheckedFile = z.infer<typeof CheckedFile>;

export async function openImportJournal(path: string): Promise<ImportJournal> {
  await mkdir(dirname(path), { recursive: true });
  const text = await readIfPresent(path);
  const file = await open(path, 'a');
  // Close a line that a kill cut short, so that it does not swallow the next one.
  if (text !== '' && !text.endsWith('\n')) await file.writeFile('\n');
  const checked = new Map(text.split('\n').flatMap(parseLine));
  return new ImportJournal(file, checked);
}

export class ImportJournal {
  constructor(
    private readonly file: FileHandle,
    private readonly checked: Map<string, CheckedFile>,
  ) {}

  /** The earlier check of this file, null if there is none or the file has changed since. */
  find(fileName: string, stamp: string): CheckedFile['result'] | null {
    const entry = this.checked.get(fileName);
    return entry?.stamp === stamp ? entry.result : null;
  }

  async add(entry: CheckedFile): Promise<void> {
    this.checked.set(entry.fileName, entry);
    await this.file.appendFile(`${JSON.stringify(entry)}\n`);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

async function readIfPresent(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isFileError(cause, 'ENOENT')) return '';
    throw cause;
  }
}

/** A torn line counts as not written. */
function parseLine(line: string): [string, CheckedFile][] {
  try {
    const parsed = CheckedFile.safeParse(JSON.parse(line));
    return parsed.success ? [[parsed.data.fileName, parsed.data]] : [];
  } catch {
    return [];
  }
}
