import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    /paraphrase-en\.gz: .* but it is not gzip\. Pass .* format\. Correct or unset CAPGRID_METEOR_PARAPHRASES\.$/,
  );
});

const ZIP = 'PK\u0003\u0004';

test('names the setting of a jar that is not there or none, and Java where it does not start', async () => {
  const jar = join(folder, 'spice-1.0.jar');
  const check = () =>
    checkScoring({ env: { variables: { CAPGRID_SPICE_JAR: jar, JAVA_HOME: folder } } });
  await expect(check()).rejects.toThrow(
    /cannot be read \(ENOENT.* Correct or unset CAPGRID_SPICE_JAR\.$/,
  );
  writeFileSync(jar, '');
  await expect(check()).rejects.toThrow(/is empty\. Give .* Correct or unset CAPGRID_SPICE_JAR\.$/);
  writeFileSync(jar, ZIP);
  await expect(check()).rejects.toThrow('Install Java 8 or 11');
});

test.each([
  ['openjdk version "11.0.21" 2023-10-17', ''],
  ['java version "1.8.0_392"', ''],
  [
    'openjdk version "25.0.1" 2025-10-21 LTS',
    ', on which SPICE may fail: it is made for Java 8 or 11 (set JAVA_HOME)',
  ],
])('warns where SPICE may fail: %s', async (line, warning) => {
  const jar = join(folder, 'spice-1.0.jar');
  writeFileSync(jar, ZIP);
  mkdirSync(join(folder, 'bin'));
  const program = `#!${process.execPath}\nprocess.stderr.write(${JSON.stringify(`${line}\n`)});`;
  writeFileSync(join(folder, 'bin', 'java'), program, { mode: 0o755 });
  const variables = { CAPGRID_SPICE_JAR: jar, JAVA_HOME: folder };
  const found = await checkScoring({ env: { variables } });
  expect(found.split('; ').at(-1)).toBe(`SPICE with ${line}${warning}`);
});
