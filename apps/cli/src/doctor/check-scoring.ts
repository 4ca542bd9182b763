/** The line of `capgrid doctor` about the metrics: what is measured, and which settings add to it. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createMeteor, loadMeteorLexicon } from '@capgrid/metrics';
import { readParaphrases } from '@capgrid/metrics/node';
import type { Context } from '../context.js';
import { tell } from './tell.js';

const PARAPHRASES = 'CAPGRID_METEOR_PARAPHRASES';
const SPICE_JAR = 'CAPGRID_SPICE_JAR';

export async function checkScoring({ env }: { env: Pick<Context['env'], 'variables'> }) {
  return `${await checkMeteor(env.variables[PARAPHRASES] ?? '')}; ${await checkSpice(
    env.variables[SPICE_JAR] ?? '',
    env.variables['JAVA_HOME'] ?? '',
  )}`;
}

/** Reads the whole table, as a trainer does. */
async function checkMeteor(path: string): Promise<string> {
  const lexicon = await loadMeteorLexicon();
  if (path === '') {
    const { label } = createMeteor({ lexicon });
    return `${label}, paraphrases with ${PARAPHRASES}=paraphrase-en.gz`;
  }
  try {
    // Every line is checked and counted; no word is kept.
    const { table: paraphrases } = await readParaphrases(path, { words: new Set() });
    const { label } = createMeteor({ lexicon, paraphrases });
    return `${label} with ${paraphrases.entries} paraphrases`;
  } catch (cause) {
    throw new Error(`${tell(cause)}; correct ${PARAPHRASES} or unset it`, { cause });
  }
}

async function checkSpice(jar: string, javaHome: string): Promise<string> {
  if (jar === '') return `no SPICE, which ${SPICE_JAR}=spice-1.0.jar adds`;
  try {
    await access(jar, constants.R_OK);
  } catch (cause) {
    throw new Error(
      `${SPICE_JAR} names a file that cannot be read (${tell(cause)}): correct it or unset it`,
      { cause },
    );
  }
  const java = javaHome === '' ? 'java' : join(javaHome, 'bin', 'java');
  try {
    const { stderr } = await promisify(execFile)(java, ['-version']);
    return `SPICE with ${stderr.split('\n')[0]?.trim() ?? 'java'}`;
  } catch (cause) {
    throw new Error(
      `SPICE needs Java, and ${java} does not start (${tell(cause)}): install Java 8 or 11, set JAVA_HOME, or unset ${SPICE_JAR}`,
      { cause },
    );
  }
}
