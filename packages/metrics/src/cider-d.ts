/**
 * CIDEr-D (Vedantam et al. 2015) as the COCO caption evaluation computes it under the name CIDEr.
 * Scale 0..10; papers print it times 100. Words are not stemmed.
 *
 * The score of an image depends on the whole corpus through the document frequencies. A corpus of
 * one image therefore scores 0, since ln 1 = 0.
 */
import { mean } from './mean.js';
import { assertAligned, MetricInputError } from './metric-input-error.js';
import {
  countNgrams,
  forEachOrder,
  MAX_ORDER,
  splitWords,
  type NgramCounts,
  type PerOrder,
} from './ngrams.js';

/** How common each n-gram is. Counted once, it can score many batches against the same corpus. */
export interface DocumentFrequencies {
  /** Images in the corpus. */
  readonly documentCount: number;
  /** n-gram of order 1..4 -> images with at least one reference that contains it. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface CiderDOptions {
  /** Frequencies of another corpus, for instance the training split; default: of `references`. */
  readonly documentFrequencies?: DocumentFrequencies | undefined;
}

export interface CiderDScore {
  /** Mean over images, 0..10. */
  readonly corpus: number;
  /** Per image in input order, 0..10. */
  readonly perImage: readonly number[];
}

/** Width of the Gaussian length penalty, in bigrams. */
export const CIDER_SIGMA = 6;

/** Brings the mean cosine (0..1) to the published scale 0..10. */
const SCALE = 10;

interface TfIdfVector {
  /** n-gram -> count * idf. The count is not divided by the caption's length. */
  readonly weights: PerOrder<ReadonlyMap<string, number>>;
  readonly norms: PerOrder<number>;
  /** Number of bigrams: words - 1, and 0 for captions of 0 or 1 words. */
  readonly length: number;
}

/** Scores tokenised captions; `references[i]` belongs to `candidates[i]`. */
export function scoreCiderD(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
  options: CiderDOptions = {},
): CiderDScore {
  assertAligned(candidates, references);
  const referenceNgrams = references.map((ofImage) => ofImage.map(ngramsOf));
  const frequencies = options.documentFrequencies ?? frequenciesOf(referenceNgrams);
  if (!(frequencies.documentCount >= 1)) {
    throw new MetricInputError(
      'invalid-document-count',
      `documentFrequencies.documentCount is ${frequencies.documentCount}; it counts the images ` +
        'behind the frequencies and must be 1 or more.',
    );
  }
  const perImage = candidates.map((candidate, image) => {
    const candidateVector = tfIdf(ngramsOf(candidate), frequencies);
    const vectors = (referenceNgrams[image] ?? []).map((ngrams) => tfIdf(ngrams, frequencies));
    return SCALE * mean(vectors.map((reference) => similarity(candidateVector, reference)));
  });
  return { corpus: mean(perImage), perImage };
}

/** Counts in how many images each n-gram occurs; candidates never count. */
export function countDocumentFrequencies(
  references: readonly (readonly string[])[],
): DocumentFrequencies {
  return frequenciesOf(references.map((ofImage) => ofImage.map(ngramsOf)));
}

function ngramsOf(caption: string): PerOrder<NgramCounts> {
  return countNgrams(splitWords(caption));
}

function frequenciesOf(images: readonly (readonly PerOrder<NgramCounts>[])[]): DocumentFrequencies {
  const counts = new Map<string, number>();
  for (const ofImage of images) {
    const seen = new Set<string>();
    for (const ofReference of ofImage) {
      for (const ofOrder of ofReference) for (const ngram of ofOrder.keys()) seen.add(ngram);
    }
    for (const ngram of seen) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return { documentCount: images.length, counts };
}

function tfIdf(ngrams: PerOrder<NgramCounts>, frequencies: DocumentFrequencies): TfIdfVector {
  const logDocuments = Math.log(frequencies.documentCount);
  const weights = forEachOrder((n) => {
    const ofOrder = new Map<string, number>();
    for (const [ngram, count] of ngrams[n]) {
      const idf = logDocuments - Math.log(Math.max(1, frequencies.counts.get(ngram) ?? 0));
      ofOrder.set(ngram, count * idf);
    }
    return ofOrder;
  });
  const norms = forEachOrder((n) => {
    let squares = 0;
    for (const weight of weights[n].values()) squares += weight * weight;
    return Math.sqrt(squares);
  });
  let length = 0;
  for (const count of ngrams[1].values()) length += count;
  return { weights, norms, length };
}

/** Mean over n of the clipped cosine, times the Gaussian length penalty; 0..1. */
function similarity(candidate: TfIdfVector, reference: TfIdfVector): number {
  const cosines = forEachOrder((n) => {
    let dot = 0;
    for (const [ngram, weight] of candidate.weights[n]) {
      const other = reference.weights[n].get(ngram) ?? 0;
      dot += Math.min(weight, other) * other;
    }
    const norms = candidate.norms[n] * reference.norms[n];
    return norms === 0 ? 0 : dot / norms;
  });
  const difference = candidate.length - reference.length;
  const penalty = Math.exp(-(difference ** 2) / (2 * CIDER_SIGMA ** 2));
  return (cosines.reduce((sum, cosine) => sum + cosine, 0) / MAX_ORDER) * penalty;
}
