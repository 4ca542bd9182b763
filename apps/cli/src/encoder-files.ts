/**
 * Looks at the files of an encoder before they are stored: a mistaken path should be told here, not by
 * a trial that fails later.
 */
import { readFile } from 'node:fs/promises';
import { findPlanFault, parseEncoderPlan } from '@capgrid/contracts';
import { listSafetensors, openPrecomputed } from '@capgrid/data';
import { asUsage } from './as-usage.js';
import { checkRegular } from './check-path.js';
import { CliError } from './cli-error.js';

/** Checks a layer plan, its weights, and that they fit each other. */
export async function checkPlanFiles(planPath: string, weightsPath: string): Promise<void> {
  await checkRegular(planPath);
  await checkRegular(weightsPath);
  const parsed = parseEncoderPlan(await readFile(planPath, 'utf8'));
  if (!parsed.isValid) {
    throw new CliError(
      'usage',
      `${planPath} is no layer plan: ${parsed.fault}. The format: docs/encoder-plans.md.`,
    );
  }
  const fault = findPlanFault(parsed.plan, await asUsage(() => listSafetensors(weightsPath)));
  if (fault === null) return;
  throw new CliError(
    'usage',
    `${planPath} with ${weightsPath} is no encoder: ${fault}. Correct the plan or give its own weights.`,
  );
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
