/**
 * Looks at the files of an encoder before they are stored: a mistaken path should be told here, not by
 * a trial that fails later.
 */
import { readFile } from 'node:fs/promises';
import { parseEncoderPlan } from '@capgrid/contracts';
import { listSafetensors, openPrecomputed } from '@capgrid/data';
import { asUsage } from './as-usage.js';
import { checkRegular } from './check-path.js';
import { CliError } from './cli-error.js';

export async function checkPlanFile(path: string): Promise<void> {
  await checkRegular(path);
  const parsed = parseEncoderPlan(await readFile(path, 'utf8'));
  if (parsed.isValid) return;
  throw new CliError('usage', `${path} is no layer plan: ${parsed.fault}.`);
}

export async function checkWeightsFile(path: string): Promise<void> {
  await checkRegular(path);
  await asUsage(() => listSafetensors(path));
}

/**
 * Checks a file of features, however large; which images need to be in it only a sweep tells.
 *
 * @returns what is in it, e.g. `features of 2 images, 10 to 100 x 2048 numbers in each`
 */
export async function describeFeaturesFile(path: string): Promise<string> {
  await checkRegular(path);
  const { arrays, channels } = await asUsage(() => openPrecomputed(path));
  let [fewest, most] = [Infinity, 0];
  for (const { regions } of arrays) {
    fewest = Math.min(fewest, regions);
    most = Math.max(most, regions);
  }
  const images = arrays.length === 1 ? 'image' : 'images';
  const regions = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `features of ${arrays.length} ${images}, ${regions} x ${channels} numbers in each`;
}
