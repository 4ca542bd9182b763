import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreCider, scoreCiderD } from './cider.js';
import { countDocumentFrequencies, type DocumentFrequencies } from './document-frequencies.js';

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

  it.for([0, NaN, Infinity])('refuses frequencies that come from %d images', (documentCount) => {
    const documentFrequencies = { documentCount, counts: new Map<string, number>() };
    expect(() => scoreCiderD(['dog'], [['dog']], { documentFrequencies })).toThrow(
      expect.objectContaining({ code: 'invalid-document-count' }),
    );
  });
});

describe('scoreCider', () => {
  it('does not clip a repeated word, and punishes no length', () => {
    // image 1, n = 1: cosine of (2 ln 2) and (ln 2) is 1, n = 2 shares nothing: 10 / 4
    expect(scoreCider(['dog dog', 'red cat'], REFERENCES).perImage[0]).toBeCloseTo(2.5, 12);
    expect(scoreCider(['dog', 'red cat'], REFERENCES).perImage[0]).toBeCloseTo(2.5, 12);
  });

  it('averages over four orders, also those a two-word caption cannot have', () => {
    expect(scoreCider(['red dog', 'red dog'], REFERENCES).perImage).toEqual([
      expect.closeTo(5, 12),
      0,
    ]);
  });
});

describe('both, on any captions', () => {
  it('equal the formulas computed n-gram by n-gram, also with frequencies of another corpus', () => {
    const caption = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 })
      .map((words) => words.join(' '));
    const images = fc.array(
      fc.record({
        candidate: caption,
        references: fc.array(caption, { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(images, fc.option(images, { nil: undefined }), (items, others) => {
        const candidates = items.map((item) => item.candidate);
        const references = items.map((item) => item.references);
        const of = (corpus: typeof items): DocumentFrequencies =>
          countDocumentFrequencies(corpus.map((item) => item.references));
        const options = { documentFrequencies: others && of(others) };
        const frequencies = of(others ?? items);
        const d = scoreCiderD(candidates, references, options);
        const plain = scoreCider(candidates, references, options);
        for (const [index, { candidate, references: ofImage }] of items.entries()) {
          const pairs = ofImage.map((reference) => ciderByHand(candidate, reference, frequencies));
          const meanOf = (which: 0 | 1): number =>
            pairs.reduce((sum, pair) => sum + pair[which], 0) / pairs.length;
          expect(d.perImage[index]).toBeCloseTo(meanOf(0), 10);
          expect(plain.perImage[index]).toBeCloseTo(meanOf(1), 10);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

/** CIDEr-D and CIDEr of one pair: Vedantam et al. 2015, section 4 and the supplement. */
function ciderByHand(
  candidate: string,
  reference: string,
  { documentCount, counts }: DocumentFrequencies,
): readonly [ciderD: number, cider: number] {
  const [c, r] = [candidate, reference].map((text) => (text === '' ? [] : text.split(' ')));
  const vector = (words: string[], n: number): Map<string, number> => {
    const weights = new Map<string, number>();
    for (let start = 0; start + n <= words.length; start += 1) {
      const ngram = words.slice(start, start + n).join(' ');
      const idf = Math.log(documentCount) - Math.log(Math.max(1, counts.get(ngram) ?? 0));
      weights.set(ngram, (weights.get(ngram) ?? 0) + idf);
    }
    return weights;
  };
  let clipped = 0;
  let plain = 0;
  for (const n of [1, 2, 3, 4]) {
    const [a, b] = [vector(c ?? [], n), vector(r ?? [], n)];
    const norms = Math.hypot(...a.values()) * Math.hypot(...b.values());
    if (norms === 0) continue;
    for (const [ngram, weight] of a) {
      const other = b.get(ngram) ?? 0;
      clipped += (Math.min(weight, other) * other) / norms;
      plain += (weight * other) / norms;
    }
  }
  const bigrams = (words: string[] = []): number => Math.max(0, words.length - 1);
  const penalty = Math.exp(-((bigrams(c) - bigrams(r)) ** 2) / 72);
  return [(10 * penalty * clipped) / 4, (10 * plain) / 4];
}
