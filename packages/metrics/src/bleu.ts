/**
 * BLEU-1..4 (Papineni et al. 2002) as the COCO caption evaluation computes it. Scale 0..1.
 *
 * The corpus score comes from summed statistics, it is not a mean over images. Every image keeps
 * its statistics, so a bootstrap resamples and sums them without reading a caption again.
 */
import { assertAligned } from './metric-input-error.js';
import { countNgrams, forEachOrder, splitWords, type PerOrder } from './ngrams.js';

/** All that BLEU needs to know about an image or about a corpus. Statistics add up. */
export interface BleuStatistics {
  /** Words in the candidate. */
  readonly testLength: number;
  /** Words in the reference whose length is closest to the candidate's; the shorter one on a tie. */
  readonly refLength: number;
  /** Candidate n-grams per order. */
  readonly guess: PerOrder<number>;
  /** Candidate n-grams found in a reference, clipped at the largest count in any one reference. */
  readonly correct: PerOrder<number>;
}

export interface BleuScore {
  /** BLEU-1..4 of the corpus, 0..1. */
  readonly corpus: PerOrder<number>;
  /** BLEU-1..4 per image in input order, 0..1. */
  readonly perImage: readonly PerOrder<number>[];
  readonly statistics: BleuStatistics;
  readonly perImageStatistics: readonly BleuStatistics[];
}

/** coco-caption adds these to numerators and denominators; nothing else is smoothed. */
const TINY = 1e-15;
const SMALL = 1e-9;

/** Scores tokenised captions; `references[i]` belongs to `candidates[i]`. */
export function scoreBleu(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): BleuScore {
  assertAligned(candidates, references);
  const perImageStatistics = candidates.map((candidate, image) =>
    bleuStatistics(candidate, references[image] ?? []),
  );
  const statistics = sumBleuStatistics(perImageStatistics);
  return {
    corpus: bleuFromStatistics(statistics),
    perImage: perImageStatistics.map(bleuFromStatistics),
    statistics,
    perImageStatistics,
  };
}

/** Sums the statistics of images, which gives those of the corpus they form. */
export function sumBleuStatistics(images: readonly BleuStatistics[]): BleuStatistics {
  const sum = (pick: (image: BleuStatistics) => number): number =>
    images.reduce((total, image) => total + pick(image), 0);
  return {
    testLength: sum((image) => image.testLength),
    refLength: sum((image) => image.refLength),
    guess: forEachOrder((n) => sum((image) => image.guess[n])),
    correct: forEachOrder((n) => sum((image) => image.correct[n])),
  };
}

/**
 * BLEU-1..4 from statistics. An order without any guess contributes the factor 1e-6, and a perfect
 * one-word caption gets 0.999999998, not 1: both follow from the reference's constants.
 */
export function bleuFromStatistics(statistics: BleuStatistics): PerOrder<number> {
  const ratio = (statistics.testLength + TINY) / (statistics.refLength + SMALL);
  const brevityPenalty = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  return forEachOrder((n) => {
    product *= (statistics.correct[n] + TINY) / (statistics.guess[n] + SMALL);
    return product ** (1 / (n + 1)) * brevityPenalty;
  });
}

function bleuStatistics(candidate: string, references: readonly string[]): BleuStatistics {
  const words = splitWords(candidate);
  const counts = countNgrams(words);
  const referenceWords = references.map(splitWords);
  const referenceCounts = referenceWords.map(countNgrams);
  return {
    testLength: words.length,
    refLength: closestLength(
      words.length,
      referenceWords.map((reference) => reference.length),
    ),
    guess: forEachOrder((n) => Math.max(0, words.length - n)),
    correct: forEachOrder((n) => {
      let correct = 0;
      for (const [ngram, count] of counts[n]) {
        let limit = 0;
        for (const reference of referenceCounts) {
          limit = Math.max(limit, reference[n].get(ngram) ?? 0);
        }
        correct += Math.min(count, limit);
      }
      return correct;
    }),
  };
}

function closestLength(length: number, referenceLengths: readonly number[]): number {
  return referenceLengths.reduce((best, other) => {
    const gain = Math.abs(best - length) - Math.abs(other - length);
    return gain > 0 || (gain === 0 && other < best) ? other : best;
  });
}
