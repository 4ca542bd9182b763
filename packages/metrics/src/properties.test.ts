import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bleuFromStatistics, scoreBleu, sumBleuStatistics } from './bleu.js';
import { loadMeteorLexicon } from './meteor/lexicon.js';
import { createMeteor, type Meteor } from './meteor/meteor.js';
import { meteorFromStatistics } from './meteor/score-statistics.js';
import { sumMeteorStatistics } from './meteor/statistics.js';
import { METRIC_KEYS, METRICS, type PerMetric } from './metric-table.js';
import { scoreCaptions, type CaptionsScore, type ScoredItem } from './score-captions.js';
import type { CaptionContext } from './tokenize-items.js';

/** A fixed seed: the same 200 corpora on every run. */
const RUNS = { seed: 20, numRuns: 200 };
/** Reordering changes only the order of floating-point sums. */
const ROUNDING = 1e-12;

const words = (minWords: number) =>
  fc.array(
    fc.constantFrom('a', 'the', 'red', 'dog', 'cats', 'cat', 'on', 'two', 'running', 'runs'),
    {
      minLength: minWords,
      maxLength: 12,
    },
  );
const caption = (minWords: number) => words(minWords).map((ofCaption) => ofCaption.join(' '));

/** Ends and beginnings that the tokenizer reads differently before and behind other captions. */
const captionAtEdge = fc
  .tuple(
    fc.constantFrom('A ', 'Two ', "we'll ", ''),
    caption(0),
    fc.constantFrom(' K.', " we'll", ''),
  )
  .map((parts) => parts.join(''));

/** Anything that fits into a string: lone surrogates, control characters, line breaks. */
const anyText = fc
  .array(fc.oneof(fc.nat({ max: 0xffff }), fc.constantFrom(0x20, 0x0a, 0x2e, 0x61, 0xa0)), {
    maxLength: 20,
  })
  .map((units) => String.fromCharCode(...units));

const corpusOf = (text: fc.Arbitrary<string>): fc.Arbitrary<ScoredItem[]> =>
  fc
    .array(
      fc.record({
        candidate: text,
        references: fc.array(text, { minLength: 1, maxLength: 5 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((items) => items.map((item, index) => ({ ...item, imageId: `image-${index}` })));
const corpus = corpusOf(caption(0));

let meteor: Meteor;
beforeAll(async () => {
  meteor = createMeteor({ lexicon: await loadMeteorLexicon() });
});
const score = (items: readonly ScoredItem[], context?: CaptionContext): CaptionsScore =>
  scoreCaptions(items, { meteor, context });

function expectSameScores(a: PerMetric<number>, b: PerMetric<number>): void {
  const expected = Object.entries(b).map(([name, value]) => [
    name,
    expect.closeTo(value, -Math.log10(ROUNDING)),
  ]);
  expect(Object.entries(a)).toEqual(expected);
}

function withoutMeteor(scores: PerMetric<number>): PerMetric<number> {
  const { meteor: _, ...others } = scores;
  return others;
}

function expectOnScale(scores: PerMetric<number>): void {
  for (const key of METRIC_KEYS) {
    const value = scores[key];
    if (value === undefined) continue;
    const { min, max } = METRICS[key].scale;
    expect(value, key).toBeGreaterThanOrEqual(min);
    expect(value, key).toBeLessThanOrEqual((max ?? Infinity) + 10 * ROUNDING);
  }
}

describe('scoreCaptions on any corpus', () => {
  it('stays inside the scale of each metric', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        const { corpus: ofCorpus, perImage } = score(items);
        expectOnScale(ofCorpus);
        for (const { scores } of perImage) expectOnScale(scores);
      }),
      RUNS,
    );
  });

  it('scores any text on the same scales', () => {
    fc.assert(
      fc.property(corpusOf(anyText), (items) => {
        const { corpus: ofCorpus, perImage } = score(items);
        expectOnScale(ofCorpus);
        for (const { scores } of perImage) expectOnScale(scores);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of references', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        const turned = items.map((item) => ({ ...item, references: item.references.toReversed() }));
        const [before, after] = [score(items), score(turned)];
        for (const [index, { scores }] of before.perImage.entries()) {
          expectSameScores(after.perImage[index]?.scores ?? before.corpus, scores);
        }
        // Two references with equal METEOR may have different statistics, of which the first count.
        expectSameScores(withoutMeteor(after.corpus), withoutMeteor(before.corpus));
      }),
      RUNS,
    );
  });

  it('does not depend on the order of images when each caption stands alone', () => {
    fc.assert(
      fc.property(corpusOf(captionAtEdge), (items) => {
        expectSameScores(score(items.toReversed(), 'none').corpus, score(items, 'none').corpus);
      }),
      RUNS,
    );
  });

  it('depends on the order of images where the tokenizer reads on into the next caption', () => {
    // "K." is a sentence's end before "A dog" and an abbreviation before "Two dogs"
    const item = (candidate: string): ScoredItem => ({
      imageId: candidate,
      candidate,
      references: ['A sign reads k'],
    });
    const letter = item('A sign reads K.');
    const orders = [
      [letter, item('A dog.'), item('Two dogs.')],
      [letter, item('Two dogs.'), item('A dog.')],
    ];
    const [before, after] = orders.map((items) => score(items).perImage[0]?.scores.bleu1);
    expect(before).toBeCloseTo(1, 8);
    expect(after).toBeCloseTo(3 / 4, 8);
    const alone = orders.map((items) => score(items, 'none').perImage[0]?.scores.bleu1);
    expect(alone[0]).toBe(alone[1]);
  });

  it('gives a caption equal to its only reference 1 in BLEU, ROUGE-L and METEOR', () => {
    fc.assert(
      fc.property(fc.array(caption(4), { minLength: 1, maxLength: 5 }), (captions) => {
        const { corpus: ofCorpus } = score(
          captions.map((text, index) => ({
            imageId: `image-${index}`,
            candidate: text,
            references: [text],
          })),
        );
        // 4 words or more have n-grams of every order; 1e-9 in each denominator keeps BLEU below 1
        expect(ofCorpus.bleu4).toBeCloseTo(1, 8);
        expect(ofCorpus.rougeL).toBeCloseTo(1, 12);
        expect(ofCorpus.meteor).toBeCloseTo(1, 12);
      }),
      RUNS,
    );
  });

  it('gives captions that share no n-gram with another image CIDEr and CIDEr-D of 10', () => {
    fc.assert(
      fc.property(fc.array(words(4), { minLength: 2, maxLength: 6 }), (captions) => {
        const items = captions.map((ofCaption, index) => {
          const text = ofCaption.map((word) => `${word}${index}x`).join(' ');
          return { imageId: `image-${index}`, candidate: text, references: [text] };
        });
        for (const { scores } of score(items).perImage) {
          expect(scores.ciderD).toBeCloseTo(10, 10);
          expect(scores.cider).toBeCloseTo(10, 10);
        }
      }),
      RUNS,
    );
  });

  it('gives a corpus of one image a CIDEr and a CIDEr-D of 0', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        expect(score(items.slice(0, 1)).corpus).toMatchObject({ ciderD: 0, cider: 0 });
      }),
      RUNS,
    );
  });

  it('never scores CIDEr-D, which clips and punishes, above CIDEr', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        for (const { scores } of score(items).perImage) {
          expect(scores.ciderD).toBeLessThanOrEqual(scores.cider + ROUNDING);
        }
      }),
      RUNS,
    );
  });

  it('rebuilds corpus BLEU and METEOR from the statistics of the images', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        const { corpus: ofCorpus, perImage } = score(items);
        const bleu = sumBleuStatistics(perImage.map((image) => image.bleu));
        expect(bleuFromStatistics(bleu)[3]).toBe(ofCorpus.bleu4);
        const sum = sumMeteorStatistics(
          perImage.flatMap((image) => (image.meteor === null ? [] : [image.meteor])),
        );
        expect(meteorFromStatistics(sum)).toBe(ofCorpus.meteor);
      }),
      RUNS,
    );
  });
});

describe('scoreBleu on any captions', () => {
  const image = fc.record({
    candidate: words(0),
    references: fc.array(words(0), { minLength: 1, maxLength: 4 }),
  });
  const correctWords = (candidate: readonly string[], references: readonly string[][]): number =>
    scoreBleu([candidate.join(' ')], [references.map((ofReference) => ofReference.join(' '))])
      .statistics.correct[0];

  it('credits one more word once as long as a reference has more of it, and then no more', () => {
    fc.assert(
      fc.property(
        image,
        fc.constantFrom('a', 'dog', 'unseen'),
        ({ candidate, references }, word) => {
          const count = (ofCaption: readonly string[]): number =>
            ofCaption.filter((other) => other === word).length;
          const limit = Math.max(...references.map(count));
          const gain =
            correctWords([...candidate, word], references) - correctWords(candidate, references);
          expect(gain).toBe(count(candidate) < limit ? 1 : 0);
        },
      ),
      RUNS,
    );
  });

  it('never credits less for one more reference', () => {
    fc.assert(
      fc.property(image, words(0), ({ candidate, references }, reference) => {
        expect(correctWords(candidate, [...references, reference])).toBeGreaterThanOrEqual(
          correctWords(candidate, references),
        );
      }),
      RUNS,
    );
  });
});
