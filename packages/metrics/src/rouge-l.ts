/**
 * ROUGE-L (Lin 2004) as the COCO caption evaluation computes it. Scale 0..1.
 *
 * Precision and recall are each the best over the references, possibly of two different ones.
 */
import { readCaptionWords, type CaptionWords } from './caption-words.js';
import { createSubsequenceMatcher } from './longest-common-subsequence.js';
import { mean } from './mean.js';

export interface RougeLScore {
  /** Mean over images, 0..1. */
  readonly corpus: number;
  /** Per image in input order, 0..1. */
  readonly perImage: readonly number[];
}

/** Recall counts more than precision: b in F = (1 + b^2) P R / (R + b^2 P). */
const BETA = 1.2;

/** Scores tokenised captions; `references[i]` belongs to `candidates[i]`. */
export function scoreRougeL(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): RougeLScore {
  return rougeLOf(readCaptionWords(candidates, references), candidates, references);
}

/** The same for captions whose words have been read already. */
export function rougeLOf(
  captions: CaptionWords,
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): RougeLScore {
  const { firstCaption, firstWord, words, isSingleSpaced, vocabulary } = captions;
  const oddCaptions = readOddCaptions(captions, candidates, references);
  const matcher = createSubsequenceMatcher(vocabulary.length + oddCaptions.newWords);
  const wordsOf = (caption: number): ArrayLike<number> =>
    isSingleSpaced[caption] === 1
      ? words.subarray(firstWord[caption], firstWord[caption + 1])
      : (oddCaptions.words.get(caption) ?? []);

  const perImage = candidates.map((_, image) => {
    const candidate = firstCaption[image] ?? 0;
    const candidateWords = wordsOf(candidate);
    matcher.setCandidate(candidateWords);
    let precision = 0;
    let recall = 0;
    for (let caption = candidate + 1; caption < (firstCaption[image + 1] ?? 0); caption += 1) {
      const referenceWords = wordsOf(caption);
      const common = matcher.match(referenceWords);
      precision = Math.max(precision, common / candidateWords.length);
      recall = Math.max(recall, common / referenceWords.length);
    }
    if (precision === 0 || recall === 0) return 0;
    return ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
  });
  return { corpus: mean(perImage), perImage };
}

/**
 * Unlike BLEU, the reference splits at each single space: an empty caption is one empty word, so
 * empty against empty scores 1, and U+00A0 inside a token does not split it. Captions where that
 * makes a difference are read again.
 */
function readOddCaptions(
  { firstCaption, isSingleSpaced, ids, vocabulary }: CaptionWords,
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): { readonly words: ReadonlyMap<number, number[]>; readonly newWords: number } {
  const newIds = new Map<string, number>();
  const idOf = (word: string): number => {
    const id = ids.get(word) ?? newIds.get(word) ?? vocabulary.length + newIds.size;
    if (id >= vocabulary.length) newIds.set(word, id);
    return id;
  };
  const words = new Map<number, number[]>();
  for (const [image, candidate] of candidates.entries()) {
    const first = firstCaption[image] ?? 0;
    const end = firstCaption[image + 1] ?? 0;
    if (!isSingleSpaced.subarray(first, end).includes(0)) continue;
    for (const [offset, text] of [candidate, ...(references[image] ?? [])].entries()) {
      if (isSingleSpaced[first + offset] === 0)
        words.set(first + offset, text.split(' ').map(idOf));
    }
  }
  return { words, newWords: newIds.size };
}
