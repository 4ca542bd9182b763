import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCaptionWords, splitWords } from './caption-words.js';
import { ngramTexts, readNgrams } from './ngrams.js';

describe('splitWords', () => {
  it('splits where Python 3 does, at U+00A0 and U+0085 too, but not at U+FEFF', () => {
    expect(splitWords(' 23\u00a03/4  a\u0085b\u3000c\ufeffd ')).toEqual([
      '23',
      '3/4',
      'a',
      'b',
      'c\ufeffd',
    ]);
    expect(splitWords('')).toEqual([]);
  });
});

describe('readNgrams', () => {
  it('gives equal n-grams equal ids and different ones different ids', () => {
    const captions = readCaptionWords(['a b a b a'], [['b a']]);
    const ngrams = readNgrams(captions);
    expect(ngramTexts(ngrams)).toEqual([
      'a',
      'b',
      'a b',
      'a b a',
      'a b a b',
      'b a',
      'b a b',
      'b a b a',
    ]);
    const [ab, again] = [ngrams.ids[1], ngrams.ids[9]]; // bigrams at words 0 and 2
    expect(ab).toBe(again);
    expect([...ngrams.ids.subarray(4 * 3, 4 * 5)]).toEqual([1, 5, -1, -1, 0, -1, -1, -1]);
  });

  it('names every n-gram of any captions', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'dog', 'é', '猫', '__proto__');
    const caption = fc.array(word, { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(caption, { minLength: 1, maxLength: 6 }), (captions) => {
        const texts = captions.map((words) => words.join(' '));
        const ngrams = readNgrams(
          readCaptionWords(
            ['', ...texts.slice(1)],
            texts.map((text) => [text]),
          ),
        );
        const names = ngramTexts(ngrams);
        expect(new Set(names).size).toBe(ngrams.count);
        const all = captions.flatMap((words) =>
          words.flatMap((_, start) =>
            [1, 2, 3, 4]
              .filter((order) => start + order <= words.length)
              .map((order) => words.slice(start, start + order).join(' ')),
          ),
        );
        expect(new Set(names)).toEqual(new Set(all));
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  it('stays right when the table grows many times', () => {
    // 60,000 different words in one caption: about 180,000 different longer n-grams
    const words = Array.from({ length: 60_000 }, (_, index) => `w${index}`);
    const ngrams = readNgrams(readCaptionWords([words.join(' ')], [['w0 w1']]));
    expect(ngrams.count).toBe(60_000 + 59_999 + 59_998 + 59_997);
    expect(ngramTexts(ngrams)[ngrams.ids[4 * 59_996 + 3] ?? -1]).toBe(
      'w59996 w59997 w59998 w59999',
    );
  });
});
