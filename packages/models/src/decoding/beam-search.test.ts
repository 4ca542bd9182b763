import type { DecodeSpec } from '@capgrid/contracts';
import { describe, expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import {
  beamSearch,
  candidatesFor,
  type BeamResult,
  type BeamStep,
  type StepFunction,
} from './beam-search.js';

/** Pad, unknown, begin, end and two words. */
const VOCABULARY = 6;
const NORMS: DecodeSpec['norm'][] = ['per_step', 'on_finish', 'sum'];
const PENALTY = { alpha: 1, beta: 0 };

/** Log-probabilities that depend on the whole prefix and on the image, in no order of words. */
function logProbsAfter(image: number, prefix: readonly number[]): Float32Array {
  const rng = Rng.from(image + 1).fork(prefix.join(' '));
  const weights = Array.from({ length: VOCABULARY }, () => Math.exp(1.5 * rng.normal()));
  const total = weights.reduce((a, b) => a + b, 0);
  return Float32Array.from(weights, (w) => Math.log(w / total));
}

/** What a step gives for log-probabilities [rows, VOCABULARY]: likeliest first, then by id. */
function likeliest(
  logProbs: Float32Array,
  beam: number,
): Pick<BeamStep, 'words' | 'logProbs' | 'endLogProbs'> {
  const count = Math.min(candidatesFor(beam), VOCABULARY);
  const rows = Array.from({ length: logProbs.length / VOCABULARY }, (_, row) =>
    logProbs.subarray(row * VOCABULARY, (row + 1) * VOCABULARY),
  );
  const words = rows.map((row) =>
    [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, count),
  );
  return {
    words: Int32Array.from(words.flat()),
    logProbs: Float32Array.from(words.flatMap((ids, i) => ids.map((id) => rows[i]![id]!))),
    endLogProbs: Float32Array.from(rows, (row) => row[SPECIAL_IDS.end]!),
  };
}

/** A "model" whose state is the prefix itself, so that wrong parents give wrong numbers. */
function stepOver(images: readonly number[], beam: number): StepFunction {
  let prefixes: number[][] = [];
  return (words, parents, stepNumber) => {
    prefixes =
      stepNumber === 0
        ? images.flatMap(() => Array.from({ length: beam }, () => []))
        : [...parents].map((parent, row) => [...prefixes[parent]!, words[row]!]);
    const logProbs = new Float32Array(prefixes.length * VOCABULARY);
    for (const [row, prefix] of prefixes.entries()) {
      logProbs.set(logProbsAfter(images[Math.floor(row / beam)]!, prefix), row * VOCABULARY);
    }
    // "Attention": how long the prefix was when the word was chosen.
    const attention = Float32Array.from(prefixes, (prefix) => prefix.length);
    return Promise.resolve({ ...likeliest(logProbs, beam), attention });
  };
}

function search(
  images: readonly number[],
  settings: Omit<DecodeSpec, 'split'>,
): Promise<BeamResult[]> {
  return beamSearch(images.length, settings, stepOver(images, settings.beam));
}

/** Best finished caption of all there are, by trying each. */
function exhaustive(image: number, norm: DecodeSpec['norm'], maxWords: number): number[] {
  let best: { tokens: number[]; score: number } = { tokens: [], score: Number.NEGATIVE_INFINITY };
  const visit = (prefix: number[], sum: number): void => {
    const logProbs = logProbsAfter(image, prefix);
    const ended = sum + logProbs[SPECIAL_IDS.end]!;
    const divisor = { per_step: prefix.length + 1, on_finish: prefix.length, sum: 1 }[norm];
    const score = divisor === 0 ? Number.NEGATIVE_INFINITY : ended / divisor;
    if (score > best.score) best = { tokens: prefix, score };
    if (prefix.length + 1 >= maxWords) return;
    for (const word of [SPECIAL_IDS.unknown, 4, 5]) visit([...prefix, word], sum + logProbs[word]!);
  };
  visit([], 0);
  return best.tokens;
}

describe('a beam as wide as all hypotheses finds the best caption there is', () => {
  // 3 words at each of 3 positions, and each prefix ended: at most 27 + 13 hypotheses.
  test.each(NORMS)('%s', async (norm) => {
    for (let image = 0; image < 25; image += 1) {
      const [found] = await search([image], {
        beam: 50,
        norm,
        lengthPenalty: PENALTY,
        maxWords: 4,
      });
      expect(found?.tokens, `image ${image}`).toEqual(exhaustive(image, norm, 4));
      expect(found?.isFinished).toBe(true);
    }
  });
});

describe('beam search', () => {
  test.each(NORMS)('%s: several images at once give what each gives alone', async (norm) => {
    const settings = { beam: 3, norm, lengthPenalty: PENALTY, maxWords: 5 };
    const together = await search([0, 1, 2, 3, 4], settings);
    const alone = await Promise.all([0, 1, 2, 3, 4].map((image) => search([image], settings)));
    expect(together).toEqual(alone.flat());
  });

  test.each(NORMS)('%s: beam 1 takes the likeliest word each time', async (norm) => {
    for (let image = 0; image < 25; image += 1) {
      const greedy: number[] = [];
      while (greedy.length < 5) {
        const logProbs = logProbsAfter(image, greedy);
        const choices = [SPECIAL_IDS.end, SPECIAL_IDS.unknown, 4, 5];
        const [word] = choices.sort((a, b) => logProbs[b]! - logProbs[a]!);
        if (word === SPECIAL_IDS.end) break;
        greedy.push(word!);
      }
      const settings = { beam: 1, norm, lengthPenalty: PENALTY, maxWords: 5 };
      const [found] = await search([image], settings);
      expect(found?.tokens, `image ${image}`).toEqual(greedy);
    }
  });

  test('pad and begin marks are never emitted, however likely', async () => {
    const step: StepFunction = () =>
      Promise.resolve({
        ...likeliest(Float32Array.from([-0.1, -5, -0.1, -6, -3, -4]), 1),
        attention: null,
      });
    const [found] = await beamSearch(
      1,
      { beam: 1, norm: 'sum', lengthPenalty: PENALTY, maxWords: 3 },
      step,
    );
    expect(found).toEqual({
      tokens: [4, 4, 4],
      logProb: -9,
      score: -9,
      isFinished: false,
      attention: null,
    });
  });

  test('a finished hypothesis wins over a likelier one that was cut', async () => {
    // The end mark is unlikely at every step, but within a beam of 2.
    const step: StepFunction = (words) =>
      Promise.resolve({
        ...likeliest(
          Float32Array.from(
            { length: words.length * VOCABULARY },
            (_, i) => [-9, -9, -9, -2, -0.2, -8][i % VOCABULARY]!,
          ),
          2,
        ),
        attention: null,
      });
    const settings = { beam: 2, lengthPenalty: PENALTY, maxWords: 3 };
    const [bySum] = await beamSearch(1, { ...settings, norm: 'sum' }, step);
    expect(bySum?.isFinished).toBe(true);
    expect(bySum?.tokens).toEqual([]);
    expect(bySum?.logProb).toBeCloseTo(-2, 6);
    const [perStep] = await beamSearch(1, { ...settings, norm: 'per_step' }, step);
    expect(perStep?.tokens).toEqual([4, 4]);
    expect(perStep?.score).toBeCloseTo((-0.4 - 2) / 3, 6);
  });

  test('attention has one row per word, that of the step that chose it', async () => {
    const [found] = await search([3], {
      beam: 4,
      norm: 'per_step',
      lengthPenalty: PENALTY,
      maxWords: 5,
    });
    expect(found?.attention?.map((row) => row[0])).toEqual(found?.tokens.map((_, t) => t));
  });

  test('alpha 0 makes the penalty 1: per_step then equals sum', async () => {
    const settings = { beam: 3, lengthPenalty: { alpha: 0, beta: 0 }, maxWords: 5 };
    for (let image = 0; image < 10; image += 1) {
      const [a] = await search([image], { ...settings, norm: 'per_step' });
      const [b] = await search([image], { ...settings, norm: 'sum' });
      expect(a).toEqual(b);
    }
  });

  test('equal words are taken by their id, and a beam wider than the vocabulary takes them all', async () => {
    const step: StepFunction = (words) =>
      Promise.resolve({
        ...likeliest(new Float32Array(words.length * VOCABULARY).fill(-2), words.length),
        attention: null,
      });
    const settings = { norm: 'sum', lengthPenalty: PENALTY, maxWords: 1 } as const;
    // The end mark is tried first, then the words 1, 4 and 5.
    expect((await beamSearch(1, { ...settings, beam: 9 }, step))[0]?.tokens).toEqual([]);
    const unlikelyEnd: StepFunction = async (words, parents, t) => ({
      ...(await step(words, parents, t)),
      endLogProbs: new Float32Array(words.length).fill(-9),
    });
    expect((await beamSearch(1, { ...settings, beam: 1 }, unlikelyEnd))[0]?.tokens).toEqual([1]);
  });
});
