/**
 * CIDEr and CIDEr-D (Vedantam et al. 2015). Scale 0..10; papers print it times 100. What the COCO
 * caption evaluation prints as CIDEr is CIDEr-D. Words are not stemmed.
 *
 * The score of an image depends on the whole corpus through the document frequencies. A corpus of
 * one image therefore scores 0, since ln 1 = 0.
 */
import { readCaptionWords, type CaptionWords } from './caption-words.js';
import { inverseDocumentFrequencies, type DocumentFrequencies } from './document-frequencies.js';
import { assertObject } from './invalid-input.js';
import { mean } from './mean.js';
import { MAX_ORDER, readNgrams, type Ngrams } from './ngrams.js';

export interface CiderOptions {
  /** Frequencies of another corpus, for instance the training split; default: of `references`. */
  readonly documentFrequencies?: DocumentFrequencies | undefined;
}

export interface CiderScore {
  /** Mean over images, 0..10. */
  readonly corpus: number;
  /** Per image in input order, 0..10. */
  readonly perImage: readonly number[];
}

/** Width of CIDEr-D's Gaussian length penalty, in bigrams. */
const CIDER_SIGMA = 6;

/** Brings the mean cosine (0..1) to the published scale 0..10. */
export const CIDER_SCALE = 10;

/**
 * CIDEr-D: counts are clipped at the reference's, and a difference in length is punished.
 * Scores tokenised captions; `references[i]` belongs to `candidates[i]`.
 */
export function scoreCiderD(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
  options: CiderOptions = {},
): CiderScore {
  return ciderOf(readNgrams(readCaptionWords(candidates, references)), options).ciderD;
}

/** CIDEr as first defined (eq. 2 and 3), without clipping and length penalty. */
export function scoreCider(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
  options: CiderOptions = {},
): CiderScore {
  return ciderOf(readNgrams(readCaptionWords(candidates, references)), options).cider;
}

/** Both, for captions whose n-grams have been read already. */
export function ciderOf(
  ngrams: Ngrams<CaptionWords>,
  options: CiderOptions = {},
): { readonly cider: CiderScore; readonly ciderD: CiderScore } {
  assertObject('options', options, 'an object { documentFrequencies }, or nothing');
  const idf = inverseDocumentFrequencies(ngrams, options.documentFrequencies);
  const { ids, count } = ngrams;
  const { images, firstCaption, firstWord } = ngrams.captions;
  // Counts per n-gram of the image at hand; all are 0 again when it is done.
  const inCandidate = new Int32Array(count);
  const inReference = new Int32Array(count);
  const candidateSquares = new Float64Array(MAX_ORDER); // of the norm, per order
  const referenceSquares = new Float64Array(MAX_ORDER);
  const dots = new Float64Array(MAX_ORDER);
  const clippedDots = new Float64Array(MAX_ORDER);
  const cider: number[] = [];
  const ciderD: number[] = [];

  for (let image = 0; image < images; image += 1) {
    const candidate = firstCaption[image] ?? 0;
    const start = MAX_ORDER * (firstWord[candidate] ?? 0);
    const end = MAX_ORDER * (firstWord[candidate + 1] ?? 0);
    addCounts(ids, start, end, inCandidate);
    candidateSquares.fill(0);
    for (let at = start; at < end; at += 1) {
      const id = ids[at] ?? -1;
      if (id < 0) continue;
      // An n-gram that occurs k times is met k times; each time adds the k-th part of its square.
      const weight = idf[id] ?? 0;
      const n = at & 3;
      candidateSquares[n] = (candidateSquares[n] ?? 0) + (inCandidate[id] ?? 0) * weight * weight;
    }

    let sum = 0;
    let sumD = 0;
    const lastCaption = firstCaption[image + 1] ?? 0;
    for (let reference = candidate + 1; reference < lastCaption; reference += 1) {
      const from = MAX_ORDER * (firstWord[reference] ?? 0);
      const to = MAX_ORDER * (firstWord[reference + 1] ?? 0);
      addCounts(ids, from, to, inReference);
      referenceSquares.fill(0);
      dots.fill(0);
      clippedDots.fill(0);
      for (let at = from; at < to; at += 1) {
        const id = ids[at] ?? -1;
        if (id < 0) continue;
        const times = inReference[id] ?? 0;
        if (times === 0) continue; // met before in this reference
        inReference[id] = 0;
        const n = at & 3;
        // tf-idf, eq. 1: the count is not divided by the caption's length
        const weight = times * (idf[id] ?? 0);
        referenceSquares[n] = (referenceSquares[n] ?? 0) + weight * weight;
        const candidateTimes = inCandidate[id] ?? 0;
        if (candidateTimes === 0) continue;
        const candidateWeight = candidateTimes * (idf[id] ?? 0);
        dots[n] = (dots[n] ?? 0) + candidateWeight * weight;
        clippedDots[n] = (clippedDots[n] ?? 0) + Math.min(candidateWeight, weight) * weight;
      }
      const penalty = lengthPenalty((end - start) / MAX_ORDER, (to - from) / MAX_ORDER);
      sum += meanCosine(dots, candidateSquares, referenceSquares);
      sumD += meanCosine(clippedDots, candidateSquares, referenceSquares) * penalty;
    }
    const referenceCount = lastCaption - candidate - 1;
    cider.push((CIDER_SCALE * sum) / referenceCount);
    ciderD.push((CIDER_SCALE * sumD) / referenceCount);

    for (let at = start; at < end; at += 1) {
      const id = ids[at] ?? -1;
      if (id >= 0) inCandidate[id] = 0;
    }
  }
  return {
    cider: { corpus: mean(cider), perImage: cider },
    ciderD: { corpus: mean(ciderD), perImage: ciderD },
  };
}

function addCounts(ids: Int32Array, from: number, to: number, counts: Int32Array): void {
  for (let at = from; at < to; at += 1) {
    const id = ids[at] ?? -1;
    if (id >= 0) counts[id] = (counts[id] ?? 0) + 1;
  }
}

/** CIDEr-D's factor for a candidate and a reference of so many words; it compares their bigrams. */
export function lengthPenalty(words: number, referenceWords: number): number {
  const difference = Math.max(0, words - 1) - Math.max(0, referenceWords - 1);
  return Math.exp(-(difference ** 2) / (2 * CIDER_SIGMA ** 2));
}

/** Mean over the four orders of dot / (norm * norm), 0 where a caption has no weight of an order. */
function meanCosine(dots: Float64Array, squares: Float64Array, others: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < MAX_ORDER; n += 1) {
    const norms = Math.sqrt(squares[n] ?? 0) * Math.sqrt(others[n] ?? 0);
    if (norms > 0) sum += (dots[n] ?? 0) / norms;
  }
  return sum / MAX_ORDER;
}
