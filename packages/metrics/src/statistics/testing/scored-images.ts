/** Runs with chosen numbers per image, for tests of resampling. */
import { mersenne } from 'pure-rand/generator/mersenne';
import { resamplingStatistics, type ResamplingSource } from '../metric-statistics.js';
import type { ScoredRun } from '../scored-run.js';

const NO_WORDS = {
  bleu: { testLength: 0, refLength: 0, guess: [0, 0, 0, 0], correct: [0, 0, 0, 0] },
  meteor: {
    testLength: 0,
    refLength: 0,
    testFunctionWords: 0,
    refFunctionWords: 0,
    testContentMatches: [0, 0, 0, 0],
    refContentMatches: [0, 0, 0, 0],
    testFunctionMatches: [0, 0, 0, 0],
    refFunctionMatches: [0, 0, 0, 0],
    chunks: 0,
    testMatches: 0,
    refMatches: 0,
  },
} as const;

/** One ROUGE-L per image; image ids count from 0 unless given. */
export function sourceOf(
  values: readonly number[],
  imageIds?: readonly string[],
): ResamplingSource {
  return {
    perImage: values.map((rougeL, index) => ({
      imageId: imageIds?.[index] ?? `image-${index}`,
      scores: { rougeL },
      ...NO_WORDS,
    })),
    signatures: { rougeL: 'ROUGE-L|v:1' },
    labels: {},
  };
}

export function runOf(name: string, values: readonly number[]): ScoredRun {
  return { name, statistics: resamplingStatistics(sourceOf(values)) };
}

/** Uniform numbers in [0, 1). */
export function uniformNumbers(seed: number): () => number {
  const generator = mersenne(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}

/** Sum of four uniform numbers, centred: mean 0, variance 1 / 3, close to normal. */
export function bellNumbers(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  return () => uniform() + uniform() + uniform() + uniform() - 2;
}
