import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreBleu } from './bleu.js';
import { scoreSmoothedBleu4 } from './smoothed-bleu.js';

const VOCABULARY = { vocabularySize: 10 };
const one = (candidate: number[], references: number[][]): number | undefined =>
  scoreSmoothedBleu4([candidate], [references], VOCABULARY)[0];

describe('scoreSmoothedBleu4', () => {
  it('adds one to matches and n-grams of two words and more', () => {
    // words 3 of 4, pairs 2 of 3, triples 1 of 2, 4-grams 0 of 1
    expect(one([0, 1, 2, 9], [[0, 1, 2, 3]])).toBeCloseTo(
      ((3 / 4) * (3 / 4) * (2 / 3) * (1 / 2)) ** (1 / 4),
      12,
    );
  });

  it('credits a repeated word as often as the one reference that has it most often', () => {
    // words 2 of 3, pairs 0 of 2, triples 0 of 1, no 4-gram
    expect(one([0, 0, 0], [[0, 1, 0], [0]])).toBeCloseTo(
      ((2 / 3) * (1 / 3) * (1 / 2)) ** (1 / 4),
      12,
    );
  });

  it('punishes a caption shorter than the reference closest in length', () => {
    expect(
      one(
        [0, 1],
        [
          [0, 1, 2, 3],
          [0, 1, 2, 3, 4, 5, 6],
        ],
      ),
    ).toBeCloseTo(Math.exp(1 - 4 / 2), 12);
  });

  it('is 1 for a caption equal to a reference, and 0 without a word in common', () => {
    expect(one([0, 1, 2, 3, 4], [[0, 1, 2, 3, 4], [5]])).toBe(1);
    expect(one([0, 1], [[2, 3]])).toBe(0);
    expect(one([], [[2, 3]])).toBe(0);
  });

  it('counts the end mark of finished candidates as a word', () => {
    const both = scoreSmoothedBleu4([[0], [0]], [[[0, 1]], [[0, 1]]], {
      ...VOCABULARY,
      appendEnd: 9,
      isFinished: [true, false],
    });
    // [0, 9] and [0] against [0, 1, 9]; the pair [0, 9] does not occur
    expect(both[0]).toBeCloseTo((1 / 2) ** (1 / 4) * Math.exp(1 - 3 / 2), 12);
    expect(both[1]).toBeCloseTo(Math.exp(1 - 3), 12);
  });

  it('counts on any captions what BLEU counts on their text', () => {
    const caption = fc.array(fc.nat({ max: 3 }), { maxLength: 8 });
    const image = fc.record({
      candidate: caption,
      references: fc.array(caption, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 4 }), (items) => {
        const candidates = items.map((item) => item.candidate);
        const references = items.map((item) => item.references);
        const scores = scoreSmoothedBleu4(candidates, references, VOCABULARY);
        const { perImageStatistics } = scoreBleu(
          candidates.map((ids) => ids.join(' ')),
          references.map((ofImage) => ofImage.map((ids) => ids.join(' '))),
        );
        for (const [
          index,
          { testLength, refLength, guess, correct },
        ] of perImageStatistics.entries()) {
          const ratios = [1, 2, 3].map((n) => ((correct[n] ?? 0) + 1) / ((guess[n] ?? 0) + 1));
          const product = ratios.reduce((all, ratio) => all * ratio, correct[0] / guess[0]);
          const brevity = testLength < refLength ? Math.exp(1 - refLength / testLength) : 1;
          const expected = testLength === 0 ? 0 : brevity * product ** (1 / 4);
          expect(scores[index]).toBeCloseTo(expected, 12);
        }
      }),
      { seed: 9, numRuns: 200 },
    );
  });

  it('refuses as many lists of references as candidates are not', () => {
    expect(() => scoreSmoothedBleu4([[0], [1]], [[[0]]], VOCABULARY)).toThrow(
      expect.objectContaining({
        code: 'misaligned-captions',
        message:
          '2 candidates but 1 lists of references. Pass exactly one per candidate, in the same order.',
      }),
    );
  });
});
