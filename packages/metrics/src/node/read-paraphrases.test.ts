import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParaphraseTable } from '../meteor/paraphrase-table.js';
import { parseParaphrases } from '../meteor/parse-paraphrases.js';
import { MetricResourceError } from '../metric-resource-error.js';
import { readParaphrases } from './read-paraphrases.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-paraphrases-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Several reads long. */
const TEXT = Array.from(
  { length: 60_000 },
  (_, index) => `0.${index}\nphrase number ${index}\nits paraphrase ${index % 777}\n`,
).join('');

function failure(code: string, ...parts: string[]): Error {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(new RegExp(parts.join('.*'), 'su')) as string,
  }) as Error;
}

describe('readParaphrases', () => {
  it('reads the same table from text and from gzip, and hashes the file', async () => {
    const gzip = gzipSync(TEXT);
    const plain = await readParaphrases(write('table.txt', TEXT));
    const packed = await readParaphrases(write('table.gz', gzip));
    const expected = parseParaphrases(TEXT);
    for (const { table } of [plain, packed]) {
      expect(table.entries).toBe(60_000);
      expect(table.fingerprint).toBe(expected.fingerprint);
      expect(ParaphraseTable.pairsOf(table).targets).toEqual(
        ParaphraseTable.pairsOf(expected).targets,
      );
    }
    expect(plain.sha256).toBe(createHash('sha256').update(TEXT).digest('hex'));
    expect(packed.sha256).toBe(createHash('sha256').update(gzip).digest('hex'));
  });

  it('reads gzip under any name', async () => {
    const { table } = await readParaphrases(write('table.bin', gzipSync('0.5\na\nb\n')));
    expect(table.entries).toBe(1);
  });

  it('names a file that is missing or a folder', async () => {
    await expect(readParaphrases(join(folder, 'absent.gz'))).rejects.toThrow(
      failure('unreadable-paraphrase-file', 'absent\\.gz', 'ENOENT'),
    );
    await expect(readParaphrases(folder)).rejects.toBeInstanceOf(MetricResourceError);
    await expect(readParaphrases(folder)).rejects.toThrow(
      failure('unreadable-paraphrase-file', 'capgrid-paraphrases', 'EISDIR'),
    );
  });

  it('names a file that is called .gz and is not gzip', async () => {
    await expect(readParaphrases(write('text.gz', '0.5\na\nb\n'))).rejects.toThrow(
      failure('unreadable-paraphrase-file', 'text\\.gz', 'not gzip'),
    );
  });

  it('names the line up to which a truncated file can be read', async () => {
    const whole = gzipSync(TEXT);
    const cut = write('cut.gz', whole.subarray(0, whole.length / 2));
    await expect(readParaphrases(cut)).rejects.toThrow(
      failure(
        'unreadable-paraphrase-file',
        'cut\\.gz',
        'past line [1-9]',
        'unexpected end of file',
      ),
    );
  });

  it('names file and line of what does not follow the format', async () => {
    await expect(readParaphrases(write('short.txt', '0.5\na\nb\n0.5\nc\n'))).rejects.toThrow(
      failure('invalid-paraphrase-table', 'short\\.txt, line 6', 'ends inside an entry'),
    );
    await expect(readParaphrases(write('empty.gz', gzipSync('0.5\na\n\n')))).rejects.toThrow(
      failure('invalid-paraphrase-table', 'empty\\.gz, line 3', 'phrase is empty'),
    );
    await expect(readParaphrases(write('nothing.txt', ''))).rejects.toThrow(
      failure('invalid-paraphrase-table', 'nothing\\.txt, line 1', 'empty'),
    );
  });
});
