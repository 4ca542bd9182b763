/**
 * ROUGE-L (Lin 2004) as the COCO caption evaluation computes it. Scale 0..1.
 *
 * Precision and recall are each the best over the references, possibly of two different ones.
 */
import { mean } from './mean.js';
import { assertAligned } from './metric-input-error.js';

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
  assertAligned(candidates, references);
  const perImage = candidates.map((candidate, image) => rougeL(candidate, references[image] ?? []));
  return { corpus: mean(perImage), perImage };
}

function rougeL(candidate: string, references: readonly string[]): number {
  // Unlike BLEU, the reference splits at each single space: an empty caption is one empty word,
  // so empty against empty scores 1, and U+00A0 inside a token does not split it.
  const words = candidate.split(' ');
  let precision = 0;
  let recall = 0;
  for (const reference of references) {
    const referenceWords = reference.split(' ');
    const common = longestCommonSubsequence(words, referenceWords);
    precision = Math.max(precision, common / words.length);
    recall = Math.max(recall, common / referenceWords.length);
  }
  if (precision === 0 || recall === 0) return 0;
  return ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
}

/** Length of the longest common subsequence, one row of the table at a time. */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const row = Array.from({ length: b.length + 1 }, () => 0); // lengths for the prefixes of b
  for (const wordOfA of a) {
    let diagonal = 0; // the previous row's value one column to the left
    let left = 0; // this row's value one column to the left
    for (const [column, wordOfB] of b.entries()) {
      const above = row[column + 1] ?? 0;
      left = wordOfA === wordOfB ? diagonal + 1 : Math.max(above, left);
      row[column + 1] = left;
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}
