/**
 * BLEU-1..4 (Papineni et al. 2002) as the COCO caption evaluation computes it. Scale 0..1.
 *
 * The corpus score comes from summed statistics, it is not a mean over images. Every image keeps
 * its statistics, so a bootstrap resamples and sums them without reading a caption again.
 */
import { readCaptionWords } from './caption-words.js';
import { forEachOrder, MAX_ORDER, readNgrams, type Ngrams, type PerOrder } from './ngrams.js';

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
  return bleuOf(readNgrams(readCaptionWords(candidates, references)));
}

/** The same for captions whose n-grams have been read already. */
export function bleuOf(ngrams: Ngrams): BleuScore {
  const perImageStatistics = countMatches(ngrams);
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

/** Statistics per image, for captions whose n-grams have been read already. */
export function countMatches(ngrams: Ngrams): BleuStatistics[] {
  const { ids, count } = ngrams;
  const { images, firstCaption, firstWord } = ngrams.captions;
  // Counts per n-gram of the image at hand; all are 0 again when it is done.
  const inCandidate = new Int32Array(count);
  const inReference = new Int32Array(count);
  const limits = new Int32Array(count); // largest count in any one reference
  const statistics: BleuStatistics[] = [];
  for (let image = 0; image < images; image += 1) {
    const candidate = firstCaption[image] ?? 0;
    const start = firstWord[candidate] ?? 0;
    const end = firstWord[candidate + 1] ?? 0;
    const length = end - start;
    for (let at = MAX_ORDER * start; at < MAX_ORDER * end; at += 1) {
      const id = ids[at] ?? -1;
      if (id >= 0) inCandidate[id] = (inCandidate[id] ?? 0) + 1;
    }

    let refLength = Infinity;
    const lastCaption = firstCaption[image + 1] ?? 0;
    for (let reference = candidate + 1; reference < lastCaption; reference += 1) {
      const from = MAX_ORDER * (firstWord[reference] ?? 0);
      const to = MAX_ORDER * (firstWord[reference + 1] ?? 0);
      refLength = closerLength(length, refLength, (to - from) / MAX_ORDER);
      for (let at = from; at < to; at += 1) {
        const id = ids[at] ?? -1;
        if (id < 0 || inCandidate[id] === 0) continue;
        const times = (inReference[id] ?? 0) + 1;
        inReference[id] = times;
        if (times > (limits[id] ?? 0)) limits[id] = times;
      }
      for (let at = from; at < to; at += 1) {
        const id = ids[at] ?? -1;
        if (id >= 0) inReference[id] = 0;
      }
    }

    const correct: [number, number, number, number] = [0, 0, 0, 0];
    for (let at = MAX_ORDER * start; at < MAX_ORDER * end; at += 1) {
      const id = ids[at] ?? -1;
      if (id < 0) continue;
      // 0 from the second occurrence on
      correct[at & 3] = (correct[at & 3] ?? 0) + Math.min(inCandidate[id] ?? 0, limits[id] ?? 0);
      inCandidate[id] = 0;
      limits[id] = 0;
    }
    statistics.push({
      testLength: length,
      refLength,
      guess: forEachOrder((n) => Math.max(0, length - n)),
      correct,
    });
  }
  return statistics;
}

/** The one of two reference lengths that is closer to the candidate's; the shorter one on a tie. */
function closerLength(length: number, best: number, other: number): number {
  const gain = Math.abs(best - length) - Math.abs(other - length);
  return gain > 0 || (gain === 0 && other < best) ? other : best;
}
