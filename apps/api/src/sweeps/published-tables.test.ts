import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PublishedTable, readersOf, SweepSpec } from '@capgrid/contracts';
import { readFileSync } from 'node:fs';
import { withPublishedRows } from './published-tables.js';

const ROOT = new URL('../../../../published/', import.meta.url);
const ROW = { source: 'Somebody 2018, Table 1', match: null, scores: { bleu4: 0.3 } };
const TABLE = {
  title: 'Somebody 2018, Table 1',
  url: 'https://example.org/paper',
  data: 'COCO',
  notes: ['One run each.'],
  rows: [ROW, { ...ROW, source: 'Somebody 2018, Table 1, second row' }],
};

function specWith(published: SweepSpec['published']): SweepSpec {
  return SweepSpec.parse({ name: 'x', dataset: 'scenes', published });
}

describe('names of published tables', () => {
  let path: string;
  let folder: URL;
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'capgrid-published-'));
    folder = pathToFileURL(`${path}/`);
    await writeFile(join(path, 'somebody-2018-table-1.json'), JSON.stringify(TABLE));
    await writeFile(join(path, 'broken.json'), '{');
    await writeFile(join(path, 'wrong.json'), JSON.stringify({ ...TABLE, rows: [] }));
  });
  afterAll(() => rm(path, { recursive: true }));

  test('become their rows, with their table, in their place among rows of the spec itself', async () => {
    const own = { ...ROW, source: 'own row' };
    const spec = await withPublishedRows(specWith([own, 'somebody-2018-table-1']), folder);
    const { rows, ...table } = TABLE;
    expect(spec.published).toEqual([own, ...rows.map((row) => ({ ...row, table }))]);
  });

  test('that no file has are a fault beside those that there are', async () => {
    await expect(withPublishedRows(specWith(['nobody']), folder)).rejects.toMatchObject({
      status: 400,
      issues: [
        {
          path: 'spec.published.0',
          value: '"nobody"',
          message:
            'there is no published table "nobody"; there is broken, somebody-2018-table-1, wrong',
        },
      ],
    });
  });

  test.each([
    ['broken', 'published/broken.json, : '],
    ['wrong', 'published/wrong.json, rows: '],
  ])('of a file that is no table (%s) are a fault with its place', async (name, message) => {
    await expect(withPublishedRows(specWith([name]), folder)).rejects.toMatchObject({
      issues: [{ path: 'spec.published.0', message: expect.stringContaining(message) }],
    });
  });
});

describe('the published tables of this repository', async () => {
  const files = (await readdir(ROOT)).toSorted();

  test('are those of Bazzani et al. 2018', () => {
    expect(files).toEqual([
      'bazzani-2018-table-1.json',
      'bazzani-2018-table-2.json',
      'bazzani-2018-table-3.json',
      'bazzani-2018-table-4-coco.json',
      'bazzani-2018-table-4-flickr30k.json',
      'bazzani-2018-text.json',
    ]);
  });

  test.each(files)('%s is valid, names each row once, and matches options that exist', (file) => {
    const { rows, dataset } = PublishedTable.parse(
      JSON.parse(readFileSync(new URL(file, ROOT), 'utf8')),
    );
    expect(new Set(rows.map(({ source }) => source)).size).toBe(rows.length);
    const isText = file.endsWith('-text.json');
    if (!isText) expect(dataset).toBe(file.includes('flickr30k') ? 'flickr30k' : 'coco');
    for (const { match, scores, note } of rows) {
      // What has no scores in print has something to say.
      if (isText) expect(note).toBeTruthy();
      expect(Object.keys(scores).length === 0).toBe(isText);
      const decoder = match?.['model.decoder'];
      for (const path of Object.keys(match ?? {})) {
        if (path.startsWith('model.')) expect(readersOf(path)).toContain(decoder);
      }
      for (const value of Object.values(scores)) {
        expect(value).toBeGreaterThan(0.1);
        expect(value).toBeLessThan(1.3);
      }
    }
  });
});
