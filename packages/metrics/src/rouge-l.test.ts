import { describe, expect, it } from 'vitest';
import { scoreRougeL } from './rouge-l.js';

describe('scoreRougeL', () => {
  it('weights recall over precision with b = 1.2', () => {
    // longest common subsequence "the cat": P = 2/3, R = 2/5
    const { corpus } = scoreRougeL(['the cat sat'], [['the cat on the mat']]);
    expect(corpus).toBeCloseTo((2.44 * (2 / 3) * (2 / 5)) / (2 / 5 + 1.44 * (2 / 3)), 12);
  });

  it('keeps word order: reversed words share a subsequence of one', () => {
    // P = R = 1/3, hence F = 1/3
    expect(scoreRougeL(['c b a'], [['a b c']]).corpus).toBeCloseTo(1 / 3, 12);
  });

  it('takes precision and recall from different references', () => {
    // "a c" gives recall 2/2, the long reference gives precision 4/4
    expect(scoreRougeL(['a b c d'], [['a c', 'a b c d e f g h']]).corpus).toBeCloseTo(1, 12);
  });

  it('scores empty against empty as 1 and empty against words as 0', () => {
    expect(scoreRougeL(['', ''], [[''], ['a dog']])).toEqual({ corpus: 0.5, perImage: [1, 0] });
  });

  it('keeps a no-break space inside its token', () => {
    expect(scoreRougeL(['23\u00a03/4'], [['23 3/4']]).corpus).toBe(0);
  });
});
