/**
 * METEOR from six sums. Its score is a function of 23 numbers, but most enter only in weighted sums
 * (Denkowski and Lavie 2014, eq. 1 to 5), and a weighted sum of sums is the sum of weighted sums.
 */
import { ALPHA, BETA, DELTA, GAMMA, MODULE_WEIGHTS } from '../meteor/modules.js';
import { isOneWholeChunk, type MeteorStatistics } from '../meteor/statistics.js';

export const METEOR_WIDTH = 6;

/**
 * `row`: [test length, ref length, test matches, ref matches, all weighted], words matched on both
 * sides, chunks. As in METEOR's own sum, an image that matches completely in one chunk adds none.
 */
export function writeMeteorRow(meteor: MeteorStatistics, row: Float64Array): true {
  row[0] = weigh(meteor.testLength - meteor.testFunctionWords, meteor.testFunctionWords);
  row[1] = weigh(meteor.refLength - meteor.refFunctionWords, meteor.refFunctionWords);
  row[2] = weighMatches(meteor.testContentMatches, meteor.testFunctionMatches);
  row[3] = weighMatches(meteor.refContentMatches, meteor.refFunctionMatches);
  row[4] = meteor.testMatches + meteor.refMatches;
  row[5] = isOneWholeChunk(meteor) ? 0 : meteor.chunks;
  return true;
}

/** METEOR, 0..1; the same as `meteorFromStatistics` of the summed statistics up to rounding. */
export function meteorFromSums(sums: Float64Array): number {
  const at = (index: number): number => sums[index] ?? NaN;
  const precision = at(2) / at(0);
  const recall = at(3) / at(1);
  const fMean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);
  const chunks = at(5);
  const fragmentation = chunks === 0 ? 0 : chunks / (at(4) / 2);
  const score = fMean * (1 - GAMMA * fragmentation ** BETA);
  // no words or no matches: 0 / 0
  return Number.isNaN(score) ? 0 : Math.max(0, score);
}

function weigh(contentWords: number, functionWords: number): number {
  return DELTA * contentWords + (1 - DELTA) * functionWords;
}

function weighMatches(content: readonly number[], functionWords: readonly number[]): number {
  return MODULE_WEIGHTS.reduce(
    (sum, weight, module) => sum + weight * weigh(content[module] ?? 0, functionWords[module] ?? 0),
    0,
  );
}
