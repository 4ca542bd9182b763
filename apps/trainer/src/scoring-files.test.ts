import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { METRICS_MAJOR } from '@capgrid/metrics';
import { matchScoringFiles, readMatchedParaphrases } from './scoring-files.js';
import { NO_SCORING_FILES } from './testing/tiny-dataset.js';

const TABLE = '0.5\ncircle\nround thing\n0.4\nred\ncrimson\n';
const ITEMS = [{ imageId: '1', candidate: 'a circle', references: ['A round thing.'] }];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-scoring-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('refuses a paraphrase table that changed while captions were decoded', async () => {
  const path = join(folder, 'paraphrase-en.txt');
  await writeFile(path, TABLE);
  const scoring = {
    version: METRICS_MAJOR,
    meteorParaphrasesSha256: createHash('sha256').update(TABLE).digest('hex'),
    spiceJarSha256: null,
  };
  const files = { ...NO_SCORING_FILES, meteorParaphrases: path };
  const { meteorParaphrases } = await matchScoringFiles(scoring, files);
  if (meteorParaphrases === null) throw new Error('The table was asked for.');
  expect((await readMatchedParaphrases(meteorParaphrases, ITEMS)).entries).toBe(2);

  await writeFile(path, TABLE.replace('crimson', 'scarlet'));
  await expect(readMatchedParaphrases(meteorParaphrases, ITEMS)).rejects.toMatchObject({
    code: 'scoring-setting-differs',
    isRetryable: false,
  });
});
