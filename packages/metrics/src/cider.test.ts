import { describe, expect, it } from 'vitest';
import { scoreCiderD } from './cider.js';
import { countDocumentFrequencies } from './document-frequencies.js';

// Two images. "red" is in both (idf ln 2 - ln 2 = 0), "dog", "cat" and the bigrams in one (idf ln 2).
const REFERENCES = [['red dog'], ['red cat']];

describe('scoreCiderD', () => {
  it('averages over four orders, also those a two-word caption cannot have', () => {
    // image 1: cosine 1 for n = 1 and 2, 0 for n = 3 and 4: 10 * 2/4; image 2: only "red", idf 0
    const { corpus, perImage } = scoreCiderD(['red dog', 'red dog'], REFERENCES);
    expect(perImage).toEqual([expect.closeTo(5, 12), 0]);
    expect(corpus).toBeCloseTo(2.5, 12);
  });

  it('measures length in bigrams and punishes a difference with sigma 6', () => {
    // "dog" has 0 bigrams, "red dog" 1: exp(-1 / 72); only n = 1 matches: 10 / 4
    const { perImage } = scoreCiderD(['dog', 'red cat'], REFERENCES);
    expect(perImage[0]).toBeCloseTo(2.5 * Math.exp(-1 / 72), 12);
  });

  it('clips a repeated word at its weight in the reference', () => {
    // min(2 ln 2, ln 2) * ln 2 / (2 ln 2 * ln 2) = 1/2 for n = 1, equal lengths: 10 * (1/2) / 4
    const { perImage } = scoreCiderD(['dog dog', 'red cat'], REFERENCES);
    expect(perImage[0]).toBeCloseTo(1.25, 12);
  });

  it('gives a one-word caption equal to its reference 2.5', () => {
    expect(scoreCiderD(['dog', 'cat'], [['dog'], ['cat']]).corpus).toBeCloseTo(2.5, 12);
  });

  it('averages over references, also over those that do not match', () => {
    const { perImage } = scoreCiderD(['dog', 'cat'], [['dog', 'bird'], ['cat']]);
    expect(perImage[0]).toBeCloseTo(1.25, 12);
  });

  it('gives a corpus of one image 0, since ln 1 = 0', () => {
    expect(scoreCiderD(['a dog runs'], [['a dog runs']]).corpus).toBe(0);
  });

  it('counts an n-gram once per image, however many references have it', () => {
    const { documentCount, counts } = countDocumentFrequencies([
      ['red dog', 'red red bird'],
      ['red cat'],
    ]);
    expect(documentCount).toBe(2);
    expect(counts.get('red')).toBe(2);
    expect(counts.get('dog')).toBe(1);
    expect(counts.get('red red bird')).toBe(1);
  });

  it('scores one image against the frequencies of a whole corpus', () => {
    const documentFrequencies = countDocumentFrequencies(REFERENCES);
    const { corpus } = scoreCiderD(['red dog'], [['red dog']], { documentFrequencies });
    expect(corpus).toBeCloseTo(5, 12);
  });

  it('refuses frequencies that come from 0 images', () => {
    const documentFrequencies = { documentCount: 0, counts: new Map<string, number>() };
    expect(() => scoreCiderD(['dog'], [['dog']], { documentFrequencies })).toThrow(
      expect.objectContaining({ code: 'invalid-document-count' }),
    );
  });
});
