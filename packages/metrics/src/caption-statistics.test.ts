import { describe, expect, it } from 'vitest';
import { describeCaptions, meanPerplexity, measureNovelty } from './caption-statistics.js';

describe('describeCaptions', () => {
  it('counts words, pairs of words and endings', () => {
    const statistics = describeCaptions(['a dog on a', 'a dog', '', 'a red dog in the']);
    expect(statistics).toEqual({
      averageLength: 11 / 4,
      vocabularyUsed: 6, // a dog on red in the
      distinct1: 6 / 11,
      distinct2: 7 / 11, // a-dog dog-on on-a a-red red-dog dog-in in-the
      badEndings: 2 / 4, // "a", "the"
      perImage: [
        { length: 4, hasBadEnding: true },
        { length: 2, hasBadEnding: false },
        { length: 0, hasBadEnding: false },
        { length: 5, hasBadEnding: true },
      ],
    });
  });

  it('gives captions without words no variety instead of 0 / 0', () => {
    expect(describeCaptions([''])).toMatchObject({ averageLength: 0, distinct1: 0, distinct2: 0 });
  });

  it('refuses no captions', () => {
    expect(() => describeCaptions([])).toThrow(expect.objectContaining({ code: 'no-images' }));
  });
});

describe('measureNovelty', () => {
  it('counts captions that equal no training caption', () => {
    expect(measureNovelty(['a dog', 'a dog runs', ''], ['a dog', 'a cat'])).toEqual({
      corpus: 2 / 3,
      perImage: [false, true, true],
    });
  });

  it('refuses no captions', () => {
    expect(() => measureNovelty([], ['a dog'])).toThrow(
      expect.objectContaining({ code: 'no-images' }),
    );
  });
});

describe('meanPerplexity', () => {
  it('is the geometric mean', () => {
    expect(meanPerplexity([2, 8])).toBeCloseTo(4, 12);
  });

  it.for([NaN, 0.5, Infinity, -1])('refuses %d and names its place', (perplexity) => {
    expect(() => meanPerplexity([2, perplexity])).toThrow(
      expect.objectContaining({
        code: 'invalid-perplexity',
        message: expect.stringContaining(`index 1 is ${perplexity};`),
      }),
    );
  });
});
