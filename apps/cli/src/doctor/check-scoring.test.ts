import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkScoring } from './check-scoring.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-scoring-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('without settings tells which METEOR it is and what would add to it', async () => {
  expect(await checkScoring({ env: { variables: {} } })).toBe(
    'METEOR (exact, stem, synonym), paraphrases with CAPGRID_METEOR_PARAPHRASES=paraphrase-en.gz; ' +
      'no SPICE, which CAPGRID_SPICE_JAR=spice-1.0.jar adds',
  );
});

test('reads the paraphrase table that is set', async () => {
  const path = join(folder, 'paraphrase-en.gz');
  writeFileSync(path, gzipSync('0.5\ncircle\nround thing\n'));
  const variables = { CAPGRID_METEOR_PARAPHRASES: path };
  expect(await checkScoring({ env: { variables } })).toMatch(/^METEOR with 1 paraphrases; /);
});

test('names the setting of a table that is none', async () => {
  const path = join(folder, 'paraphrase-en.gz');
  writeFileSync(path, 'no gzip');
  const variables = { CAPGRID_METEOR_PARAPHRASES: path };
  await expect(checkScoring({ env: { variables } })).rejects.toThrow(
    /paraphrase-en\.gz.*correct CAPGRID_METEOR_PARAPHRASES or unset it/s,
  );
});

test('names the setting of a jar that is not there, and Java where it does not start', async () => {
  const jar = join(folder, 'spice-1.0.jar');
  const check = () =>
    checkScoring({ env: { variables: { CAPGRID_SPICE_JAR: jar, JAVA_HOME: folder } } });
  await expect(check()).rejects.toThrow('CAPGRID_SPICE_JAR names a file that cannot be read');
  writeFileSync(jar, 'jar');
  await expect(check()).rejects.toThrow('install Java 8 or 11, set JAVA_HOME');
});
