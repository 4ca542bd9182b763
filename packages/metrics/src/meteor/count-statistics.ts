/** From an alignment to METEOR's statistics. */
import { candidateEnd, countChunks, type Match } from './match.js';
import { AT } from './statistics.js';
import type { Caption, Word } from './words.js';

/** Writes the 23 statistics of a candidate and one reference into `numbers`, in METEOR's order. */
export function countStatistics(
  candidate: Caption,
  reference: Caption,
  alignment: readonly Match[],
  numbers: Float64Array,
): void {
  numbers.fill(0);
  numbers[AT.testLength] = candidate.words.length;
  numbers[AT.refLength] = reference.words.length;
  numbers[AT.testFunctionWords] = candidate.functionWords;
  numbers[AT.refFunctionWords] = reference.functionWords;
  let testMatches = 0;
  let refMatches = 0;
  for (const match of alignment) {
    const ofModule = AT.ofModule(match.module);
    const refEnd = match.refStart + match.refLength;
    const testFunction = functionWords(candidate.words, match.candidateStart, candidateEnd(match));
    const refFunction = functionWords(reference.words, match.refStart, refEnd);
    add(numbers, ofModule + AT.testContent, match.candidateLength - testFunction);
    add(numbers, ofModule + AT.refContent, match.refLength - refFunction);
    add(numbers, ofModule + AT.testFunction, testFunction);
    add(numbers, ofModule + AT.refFunction, refFunction);
    testMatches += match.candidateLength;
    refMatches += match.refLength;
  }
  numbers[AT.chunks] = countChunks(alignment);
  numbers[AT.testMatches] = testMatches;
  numbers[AT.refMatches] = refMatches;
}

function functionWords(words: readonly Word[], start: number, end: number): number {
  let count = 0;
  for (let position = start; position < end; position++) {
    if (words[position]?.isFunctionWord === true) count += 1;
  }
  return count;
}

function add(numbers: Float64Array, index: number, value: number): void {
  numbers[index] = (numbers[index] ?? 0) + value;
}
