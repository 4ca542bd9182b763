import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bleuFromStatistics, sumBleuStatistics } from './bleu.js';
import { scoreCaptions, type CaptionItem } from './score-captions.js';

/** A fixed seed: the same 200 corpora on every run. */
const RUNS = { seed: 20, numRuns: 200 };
/** Reordering changes only the order of floating-point sums. */
const ROUNDING = 1e-12;

const caption = (minWords: number) =>
  fc
    .array(fc.constantFrom('a', 'the', 'red', 'dog', 'cat', 'on', 'two'), {
      minLength: minWords,
      maxLength: 12,
    })
    .map((words) => words.join(' '));

const corpus: fc.Arbitrary<CaptionItem[]> = fc
  .array(
    fc.record({
      candidate: caption(0),
      references: fc.array(caption(0), { minLength: 1, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((items) => items.map((item, index) => ({ ...item, imageId: `image-${index}` })));

function expectSameScores(a: object, b: object): void {
  const expected = Object.entries(b).map(([name, value]) => [
    name,
    expect.closeTo(Number(value), -Math.log10(ROUNDING)),
  ]);
  expect(Object.entries(a)).toEqual(expected);
}

describe('scoreCaptions on any corpus', () => {
  it('stays inside the scale of each metric', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        const { corpus: scores, perImage } = scoreCaptions(items);
        for (const { bleu1, bleu2, bleu3, bleu4, rougeL, ciderD } of [scores, ...perImage]) {
          for (const score of [bleu1, bleu2, bleu3, bleu4, rougeL, ciderD / 10]) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(1 + ROUNDING);
          }
        }
      }),
      RUNS,
    );
  });

  it('does not depend on the order of references', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        const turned = items.map((item) => ({ ...item, references: item.references.toReversed() }));
        expectSameScores(scoreCaptions(turned).corpus, scoreCaptions(items).corpus);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of images', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        expectSameScores(scoreCaptions(items.toReversed()).corpus, scoreCaptions(items).corpus);
      }),
      RUNS,
    );
  });

  it('gives a caption equal to its only reference BLEU and ROUGE-L of 1', () => {
    fc.assert(
      fc.property(fc.array(caption(4), { minLength: 1, maxLength: 5 }), (captions) => {
        const { corpus: scores } = scoreCaptions(
          captions.map((text, index) => ({
            imageId: `image-${index}`,
            candidate: text,
            references: [text],
          })),
        );
        // 4 words or more have n-grams of every order; 1e-9 in each denominator keeps BLEU below 1
        expect(scores.bleu4).toBeCloseTo(1, 8);
        expect(scores.rougeL).toBeCloseTo(1, 12);
      }),
      RUNS,
    );
  });

  it('gives a corpus of one image a CIDEr-D of 0', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        expect(scoreCaptions(items.slice(0, 1)).corpus.ciderD).toBe(0);
      }),
      RUNS,
    );
  });

  it('rebuilds corpus BLEU from the statistics of the images', () => {
    fc.assert(
      fc.property(corpus, (items) => {
        const { corpus: scores, perImage } = scoreCaptions(items);
        const sum = sumBleuStatistics(perImage.map((image) => image.bleuStatistics));
        expect(bleuFromStatistics(sum)[3]).toBe(scores.bleu4);
      }),
      RUNS,
    );
  });
});
