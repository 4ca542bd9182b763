import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSubsequenceMatcher } from './longest-common-subsequence.js';

/** The textbook table (Wagner and Fischer 1974), one row at a time. */
function tableLength(a: readonly number[], b: readonly number[]): number {
  let row: number[] = b.map(() => 0);
  for (const wordOfA of a) {
    let diagonal = 0;
    let left = 0;
    row = row.map((above, column) => {
      left = wordOfA === b[column] ? diagonal + 1 : Math.max(above, left);
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? 0;
}

const words = fc.array(fc.nat({ max: 5 }), { maxLength: 140 });

describe('createSubsequenceMatcher', () => {
  it('finds the length the table finds, also over more than 32 words', () => {
    fc.assert(
      fc.property(
        words,
        fc.array(words, { minLength: 1, maxLength: 4 }),
        (candidate, references) => {
          const matcher = createSubsequenceMatcher(6);
          matcher.setCandidate(candidate);
          for (const reference of references) {
            expect(matcher.match(reference)).toBe(tableLength(candidate, reference));
          }
        },
      ),
      { seed: 4, numRuns: 500 },
    );
  });

  it.for([31, 32, 33, 64, 65, 96])('finds all %d words of a caption in itself', (length) => {
    const matcher = createSubsequenceMatcher(1);
    const caption = Array.from({ length }, () => 0);
    matcher.setCandidate(caption);
    expect(matcher.match(caption)).toBe(length);
    expect(matcher.match([0])).toBe(1);
    expect(matcher.match([])).toBe(0);
  });
});
