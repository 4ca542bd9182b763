/** The METEOR score from its 23 statistics (Denkowski and Lavie 2014, equations 1 to 6). */
import { ALPHA, BETA, DELTA, GAMMA, MODULE_WEIGHTS } from './modules.js';
import {
  AT,
  isOneWholeChunk,
  meteorStatisticsToArray,
  type MeteorStatistics,
} from './statistics.js';

/** METEOR, 0..1. */
export function meteorFromStatistics(statistics: MeteorStatistics): number {
  return meteorFromArray(meteorStatisticsToArray(statistics));
}

/** METEOR, 0..1, from the 23 numbers in METEOR's order. */
export function meteorFromArray(numbers: ArrayLike<number>): number {
  const read = (index: number): number => numbers[index] ?? 0;
  const testLength = read(AT.testLength);
  const refLength = read(AT.refLength);
  const testMatches = read(AT.testMatches);
  const refMatches = read(AT.refMatches);
  const chunks = read(AT.chunks);

  const testWeight = weighMatches(read, AT.testContent, AT.testFunction);
  const refWeight = weighMatches(read, AT.refContent, AT.refFunction);
  const testFunctionWords = read(AT.testFunctionWords);
  const refFunctionWords = read(AT.refFunctionWords);
  const precision = testWeight / weigh(testLength - testFunctionWords, testFunctionWords);
  const recall = refWeight / weigh(refLength - refFunctionWords, refFunctionWords);
  const fMean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);

  const fragmentation = isOneWholeChunk({ testLength, refLength, chunks, testMatches, refMatches })
    ? 0
    : chunks / ((testMatches + refMatches) / 2);
  const score = fMean * (1 - GAMMA * fragmentation ** BETA);
  // no words or no matches: 0 / 0
  return Number.isNaN(score) ? 0 : Math.max(0, score);
}

/** Content words of all modules before function words: METEOR's order of summation. */
function weighMatches(
  read: (index: number) => number,
  content: number,
  functionWords: number,
): number {
  let weight = 0;
  for (const [module, moduleWeight] of MODULE_WEIGHTS.entries()) {
    weight += read(AT.ofModule(module) + content) * moduleWeight * DELTA;
  }
  for (const [module, moduleWeight] of MODULE_WEIGHTS.entries()) {
    weight += read(AT.ofModule(module) + functionWords) * moduleWeight * (1 - DELTA);
  }
  return weight;
}

function weigh(contentWords: number, functionWords: number): number {
  return DELTA * contentWords + (1 - DELTA) * functionWords;
}
