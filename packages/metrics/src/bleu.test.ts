import { describe, expect, it } from 'vitest';
import { bleuFromStatistics, scoreBleu, sumBleuStatistics } from './bleu.js';

/** The reference adds 1e-9 to denominators, so hand-computed fractions agree to 8 digits. */
const DIGITS = 8;

describe('scoreBleu', () => {
  it('credits a repeated word as often as the best reference has it', () => {
    const { corpus, statistics } = scoreBleu(['the the the the'], [['the cat the', 'the dog']]);
    expect(statistics.correct).toEqual([2, 0, 0, 0]);
    expect(statistics.guess).toEqual([4, 3, 2, 1]);
    expect(corpus[0]).toBeCloseTo(2 / 4, DIGITS);
  });

  it('does not add up the counts of two references', () => {
    const { statistics } = scoreBleu(['red red'], [['red dog', 'red cat']]);
    expect(statistics.correct).toEqual([1, 0, 0, 0]);
  });

  it('punishes a candidate shorter than its closest reference', () => {
    // unigrams a, b, d: 3 of 4; bigram "a b": 1 of 3; lengths 4 and 5
    const { corpus } = scoreBleu(['a b c d'], [['a b x d e']]);
    expect(corpus[0]).toBeCloseTo((3 / 4) * Math.exp(1 - 5 / 4), DIGITS);
    expect(corpus[1]).toBeCloseTo(Math.sqrt((3 / 4) * (1 / 3)) * Math.exp(1 - 5 / 4), DIGITS);
  });

  it('takes the shorter reference when two are equally close in length', () => {
    const { statistics } = scoreBleu(['a b c'], [['a b c d', 'a b']]);
    expect(statistics.refLength).toBe(2);
  });

  it('gives a perfect one-word caption 0.999999998 and a factor 1e-6 per missing order', () => {
    const { corpus } = scoreBleu(['dog'], [['dog']]);
    expect(corpus[0]).toBeCloseTo(0.999999998000002, 14);
    expect(corpus[1]).toBeCloseTo(1e-3, 10);
    expect(corpus[2]).toBeCloseTo(1e-4, 10);
    expect(corpus[3]).toBeCloseTo(3.1622776e-5, 10);
  });

  it('counts no words in an empty candidate', () => {
    const { statistics, corpus } = scoreBleu([''], [['a dog']]);
    expect(statistics).toEqual({
      testLength: 0,
      refLength: 2,
      guess: [0, 0, 0, 0],
      correct: [0, 0, 0, 0],
    });
    expect(corpus).toEqual([0, 0, 0, 0]);
  });

  it('splits a token at a no-break space, as Python does', () => {
    expect(scoreBleu(['23\u00a03/4 st'], [['x']]).statistics.testLength).toBe(3);
  });

  it('computes the corpus from summed statistics, not as a mean of images', () => {
    // "a b c d" has 4 of 4 unigrams right, "x y" has 0 of 2: (4 + 0) / (4 + 2)
    const { corpus, perImage, perImageStatistics } = scoreBleu(
      ['a b c d', 'x y'],
      [['a b c d'], ['p q']],
    );
    expect(corpus[0]).toBeCloseTo(4 / 6, DIGITS);
    expect(perImage.map((image) => image[0])).toEqual([
      expect.closeTo(1, DIGITS),
      expect.closeTo(0, DIGITS),
    ]);
    expect(bleuFromStatistics(sumBleuStatistics(perImageStatistics))).toEqual(corpus);
  });

  it('refuses 2 candidates with references for 1 image', () => {
    expect(() => scoreBleu(['a', 'b'], [['a']])).toThrow(
      expect.objectContaining({
        code: 'misaligned-captions',
        message: expect.stringContaining('2 candidates but reference lists for 1 images'),
      }),
    );
  });
});
