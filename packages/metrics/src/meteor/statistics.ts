/** The 23 numbers METEOR keeps of an image or of a corpus. They add up, and the score needs no more. */
import { forEachModule, type PerModule } from './modules.js';

/** "test" is the candidate, "ref" the reference with the best score. Counts are words. */
export interface MeteorStatistics {
  readonly testLength: number;
  readonly refLength: number;
  readonly testFunctionWords: number;
  readonly refFunctionWords: number;
  readonly testContentMatches: PerModule<number>;
  readonly refContentMatches: PerModule<number>;
  readonly testFunctionMatches: PerModule<number>;
  readonly refFunctionMatches: PerModule<number>;
  /** Runs of matches that are adjacent on both sides. */
  readonly chunks: number;
  readonly testMatches: number;
  readonly refMatches: number;
}

/** Where each number stands in METEOR's order; a module's four counts start at `ofModule`. */
export const AT = {
  testLength: 0,
  refLength: 1,
  testFunctionWords: 2,
  refFunctionWords: 3,
  ofModule: (module: number): number => 4 + 4 * module,
  testContent: 0,
  refContent: 1,
  testFunction: 2,
  refFunction: 3,
  chunks: 20,
  testMatches: 21,
  refMatches: 22,
} as const;

export const METEOR_STATISTICS = 23;

/** The statistics as METEOR prints them. */
export function meteorStatisticsToArray(statistics: MeteorStatistics): number[] {
  const modules = forEachModule((module) => [
    statistics.testContentMatches[module] ?? 0,
    statistics.refContentMatches[module] ?? 0,
    statistics.testFunctionMatches[module] ?? 0,
    statistics.refFunctionMatches[module] ?? 0,
  ]);
  return [
    statistics.testLength,
    statistics.refLength,
    statistics.testFunctionWords,
    statistics.refFunctionWords,
    ...modules.flat(),
    statistics.chunks,
    statistics.testMatches,
    statistics.refMatches,
  ];
}

/** The inverse of {@link meteorStatisticsToArray}; reads 23 numbers. */
export function meteorStatisticsFromArray(numbers: ArrayLike<number>): MeteorStatistics {
  const read = (index: number): number => numbers[index] ?? 0;
  const perModule = (part: number): PerModule<number> =>
    forEachModule((module) => read(AT.ofModule(module) + part));
  return {
    testLength: read(AT.testLength),
    refLength: read(AT.refLength),
    testFunctionWords: read(AT.testFunctionWords),
    refFunctionWords: read(AT.refFunctionWords),
    testContentMatches: perModule(AT.testContent),
    refContentMatches: perModule(AT.refContent),
    testFunctionMatches: perModule(AT.testFunction),
    refFunctionMatches: perModule(AT.refFunction),
    chunks: read(AT.chunks),
    testMatches: read(AT.testMatches),
    refMatches: read(AT.refMatches),
  };
}

/**
 * The statistics of a corpus. An image that matches completely in one chunk adds 0 chunks: a perfect
 * caption has no fragmentation, and must not add to that of the corpus. So the sum over one such
 * image is not that image's own statistics, though it has the same score.
 */
export function sumMeteorStatistics(images: readonly MeteorStatistics[]): MeteorStatistics {
  const sum = new Float64Array(METEOR_STATISTICS);
  for (const image of images) {
    for (const [index, value] of meteorStatisticsToArray(image).entries()) {
      sum[index] = (sum[index] ?? 0) + value;
    }
    if (isOneWholeChunk(image)) sum[AT.chunks] = (sum[AT.chunks] ?? 0) - image.chunks;
  }
  return meteorStatisticsFromArray(sum);
}

/** Every word of both sides is matched, in one chunk. */
export function isOneWholeChunk(
  statistics: Pick<
    MeteorStatistics,
    'testLength' | 'refLength' | 'chunks' | 'testMatches' | 'refMatches'
  >,
): boolean {
  return (
    statistics.chunks === 1 &&
    statistics.testMatches === statistics.testLength &&
    statistics.refMatches === statistics.refLength
  );
}
