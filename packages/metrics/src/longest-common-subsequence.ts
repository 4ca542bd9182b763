/**
 * Length of the longest common subsequence, 32 words at a time (Hyyrö 2004, "Bit-parallel LCS-length
 * computation revisited"): bit i of V is 0 where the table of lengths grows from row i to row i + 1.
 */

/** Compares a candidate with many references. Words are ids below `vocabularySize`. */
export interface SubsequenceMatcher {
  setCandidate(words: ArrayLike<number>): void;
  /** Length of the longest common subsequence of the candidate and `reference`. */
  match(reference: ArrayLike<number>): number;
}

const BITS = 32;

export function createSubsequenceMatcher(vocabularySize: number): SubsequenceMatcher {
  let candidate: ArrayLike<number> = [];
  const masks = new Int32Array(vocabularySize); // positions of each word in the block, as bits
  let carries = new Uint8Array(64); // [reference words]: overflow of the block before

  /** Adds the zeros of V for candidate words `start` to `end`, at most 32. */
  function matchBlock(reference: ArrayLike<number>, start: number, end: number): number {
    const hasNext = end < candidate.length;
    for (let at = start; at < end; at += 1) {
      const word = candidate[at] ?? 0;
      masks[word] = (masks[word] ?? 0) | (1 << (at - start));
    }
    let v = -1;
    for (let at = 0; at < reference.length; at += 1) {
      const mask = masks[reference[at] ?? 0] ?? 0;
      const matches = v & mask;
      const carry = start === 0 ? 0 : (carries[at] ?? 0);
      const sum = (v + matches) | 0;
      const withCarry = (sum + carry) | 0;
      if (hasNext) {
        const overflows = sum >>> 0 < v >>> 0 || (carry === 1 && withCarry === 0);
        carries[at] = overflows ? 1 : 0;
      }
      v = withCarry | (v & ~mask);
    }
    for (let at = start; at < end; at += 1) masks[candidate[at] ?? 0] = 0;
    const used = end - start === BITS ? -1 : (1 << (end - start)) - 1;
    return countBits(~v & used);
  }

  return {
    setCandidate(words) {
      candidate = words;
    },
    match(reference) {
      if (carries.length < reference.length) carries = new Uint8Array(2 * reference.length);
      let length = 0;
      for (let start = 0; start < candidate.length; start += BITS) {
        length += matchBlock(reference, start, Math.min(start + BITS, candidate.length));
      }
      return length;
    },
  };
}

function countBits(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
