/** The line of `capgrid doctor` about the metrics: what is measured, and which settings add to it. */
import { createMeteor, loadMeteorLexicon } from '@capgrid/metrics';
import {
  checkJava,
  checkSpiceJar,
  readParaphrases,
  SPICE_JAVA_VERSIONS,
} from '@capgrid/metrics/node';
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
  // Every line is checked and counted; no word is kept.
  const { table: paraphrases } = await tryFor(PARAPHRASES, () =>
    readParaphrases(path, { words: new Set() }),
  );
  const { label } = createMeteor({ lexicon, paraphrases });
  return `${label} with ${paraphrases.entries} paraphrases`;
}

async function checkSpice(jar: string, javaHome: string): Promise<string> {
  if (jar === '') return `no SPICE, which ${SPICE_JAR}=spice-1.0.jar adds`;
  const { line, major } = await tryFor(SPICE_JAR, async () => {
    await checkSpiceJar(jar);
    return checkJava({ javaHome });
  });
  const isKnown = major !== null && SPICE_JAVA_VERSIONS.includes(major);
  const warning = ', on which SPICE may fail: it is made for Java 8 or 11 (set JAVA_HOME)';
  return `SPICE with ${line}${isKnown ? '' : warning}`;
}

/** The messages of the metrics end with a remedy. */
async function tryFor<T>(setting: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    throw new Error(`${tell(cause)} Correct or unset ${setting}.`, { cause });
  }
}
