import { describe, expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import {
  always,
  DIALECTS,
  inTurn,
  logProbsAfter,
  search,
  settingsOf,
  stepOver,
  VOCABULARY,
} from '../testing/beam-steps.js';
import { beamSearch, type StepFunction } from './beam-search.js';
import type { BeamSettings } from './hypotheses.js';

const NORMS: BeamSettings['norm'][] = ['per_step', 'on_finish', 'sum'];

test('the words that a step is asked for suffice, however many of the likeliest are blocked', async () => {
  const vocabulary = 30;
  // Pad, begin, end and unknown word are among the likeliest, and so are the words before.
  const stepWith = (hasAll: boolean): StepFunction => {
    let prefixes: number[][] = [[]];
    return ({ words, parents, candidates }) => {
      prefixes = [...parents].map((parent, row) => [...prefixes[parent]!, words[row]!]);
      const rows = prefixes.map((prefix) => {
        const rng = Rng.from(1).fork(prefix.join(' '));
        const scores = Array.from({ length: vocabulary }, (_, id) => {
          const isLikely = id < 4 || prefix.includes(id);
          return -rng.uniform() - (isLikely ? 1 : 2) - (id === SPECIAL_IDS.end ? 1 : 0);
        });
        const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
        return { scores, order: order.slice(0, hasAll ? vocabulary : candidates) };
      });
      return Promise.resolve({
        words: Int32Array.from(rows.flatMap(({ order }) => order)),
        logProbs: Float32Array.from(
          rows.flatMap(({ scores, order }) => order.map((i) => scores[i]!)),
        ),
        endLogProbs: Float32Array.from(rows, ({ scores }) => scores[SPECIAL_IDS.end]!),
        attention: null,
      });
    };
  };
  for (const noRepeatNgram of [0, 1, 2]) {
    for (const blockUnknown of [false, true]) {
      for (const beam of [1, 3]) {
        const settings = settingsOf({
          beam,
          nBest: beam,
          noRepeatNgram,
          blockUnknown,
          maxWords: 8,
        });
        const few = await beamSearch(1, settings, stepWith(false));
        expect(few).toEqual(await beamSearch(1, settings, stepWith(true)));
        expect(few[0]?.length).toBeGreaterThan(0);
      }
    }
  }
});

describe('beam search', () => {
  const IMAGES = Array.from({ length: 24 }, (_, image) => image);

  test.each(DIALECTS)(
    '$norm, $divisor: images together give what each gives alone',
    async (dialect) => {
      for (const stop of ['all', 'first', 'optimal'] as const) {
        const settings = { beam: 3, ...dialect, stop, prune: stop === 'all' ? 1 : 0, maxWords: 6 };
        const together = await search(IMAGES, settings);
        const alone = await Promise.all(IMAGES.map((image) => search([image], settings)));
        expect(together).toEqual(alone.flat());
      }
    },
  );

  test('images whose search is over take no more rows', async () => {
    const step = stepOver(IMAGES);
    await beamSearch(IMAGES.length, settingsOf({ beam: 3, maxWords: 8, stop: 'first' }), step);
    expect(step.rows[0]).toBe(24);
    expect(step.rows[1]).toBeLessThan(0.75 * 3 * 24);
    expect(step.rows.at(-1)).toBeLessThan(step.rows[1] ?? 0);
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
      const [found] = await search([image], { beam: 1, norm, maxWords: 5 });
      expect(found?.tokens, `image ${image}`).toEqual(greedy);
    }
  });

  test('pad and begin marks are never emitted, however likely', async () => {
    const step = always([-0.1, -5, -0.1, -6, -3, -4]);
    const [found] = await beamSearch(1, settingsOf({ beam: 1, norm: 'sum', maxWords: 3 }), step);
    expect(found).toEqual([
      { tokens: [4, 4, 4], logProb: -9, score: -9, isFinished: false, attention: null },
    ]);
  });

  test('a hypothesis that was cut is ranked by its score, but on_finish prefers a finished one', async () => {
    const step = () =>
      inTurn([
        [-9, -9, -9, -9, -0.2, -8],
        [-9, -9, -9, -2, -0.2, -8],
        [-9, -9, -9, -9, -0.2, -8],
      ]);
    for (const [norm, scores] of [
      ['sum', [-0.6, -2.2]],
      ['per_step', [-0.2, -1.1]],
      ['on_finish', [-2.2]],
    ] as const) {
      const settings = settingsOf({ beam: 2, nBest: 2, maxWords: 3, norm });
      const [found = []] = await beamSearch(1, settings, step());
      const expected = { sum: [[4, 4, 4], [4]], per_step: [[4, 4, 4], [4]], on_finish: [[4]] };
      expect(
        found.map(({ tokens }) => tokens),
        norm,
      ).toEqual(expected[norm]);
      for (const [i, score] of scores.entries()) expect(found[i]?.score).toBeCloseTo(score, 6);
      for (const { tokens, isFinished } of found) expect(isFinished).toBe(tokens.length < 3);
    }
  });

  test('a hypothesis that was cut does not win over a finished one of a better score', async () => {
    const step = () =>
      inTurn([
        [-9, -9, -9, -9, -0.2, -8],
        [-9, -9, -9, -0.9, -0.7, -8],
        [-9, -9, -9, -9, -1.2, -8],
      ]);
    for (const norm of NORMS) {
      const [[found] = []] = await beamSearch(
        1,
        settingsOf({ beam: 2, maxWords: 3, norm }),
        step(),
      );
      expect(found?.tokens, norm).toEqual([4]);
    }
  });

  test.each([
    ['sum', 'words'],
    ['on_finish', 'words+1'],
  ] as const)(
    '%s: no empty caption wins over a likelier one that was cut',
    async (norm, divisor) => {
      const cut = (end: number, word: number, changes: Partial<BeamSettings> = {}) => {
        const settings = settingsOf({ beam: 2, norm, divisor, maxWords: 3, ...changes });
        const step = inTurn([
          [-9, -9, -9, end, word, -8],
          [-9, -9, -9, -9, word, -8],
          [-9, -9, -9, -9, word, -8],
        ]);
        return beamSearch(1, settings, step).then(([found = []]) => found[0]?.tokens);
      };
      expect(await cut(-2, -0.2)).toEqual([4, 4, 4]);
      expect(await cut(-2, -0.9)).toEqual([]);
      // It was not cut: the rule ends the search with the first that ends.
      expect(await cut(-2, -0.2, { stop: 'first' })).toEqual([]);
    },
  );

  test('the end mark is one of the steps: a finished caption is shorter than maxWords', async () => {
    const certain = () =>
      inTurn([
        [-20, -20, -20, -20, 0, -20],
        [-20, -20, -20, -20, -20, 0],
        [-20, -20, -20, 0, -20, -20],
      ]);
    const found = async (beam: number, maxWords: number) => {
      const [[best] = []] = await beamSearch(1, settingsOf({ beam, maxWords }), certain());
      return [best?.tokens, best?.isFinished];
    };
    expect(await found(5, 3)).toEqual([[4, 5], true]);
    expect(await found(1, 2)).toEqual([[4, 5], false]);
    // What has ended is much less likely.
    expect(await found(5, 2)).toEqual([[4, 5], false]);
  });

  test('the whole last beam: what has ended and what was cut, by score', async () => {
    const step = always([-9, -9, -9, -2, -0.2, -8]);
    const settings = { beam: 3, nBest: 3, norm: 'sum', maxWords: 3 } as const;
    const [found = []] = await beamSearch(1, settingsOf(settings), step);
    expect(found.map(({ tokens, isFinished }) => ({ tokens, isFinished }))).toEqual([
      { tokens: [4, 4, 4], isFinished: false },
      { tokens: [], isFinished: true },
      { tokens: [4], isFinished: true },
    ]);
  });

  test('on_finish divides by the words, or by one more', async () => {
    // After "4", the end mark: -1.2 in all.
    const step: StepFunction = async (request) =>
      always(
        request.words[0] === SPECIAL_IDS.begin
          ? [-9, -9, -9, -9, -0.7, -9]
          : [-9, -9, -9, -0.5, -9, -9],
      )(request);
    for (const [divisor, score] of [
      ['words', -1.2],
      ['words+1', -0.6],
    ] as const) {
      const settings = settingsOf({ beam: 1, norm: 'on_finish', divisor, maxWords: 3 });
      const [[found] = []] = await beamSearch(1, settings, step);
      expect(found?.tokens).toEqual([4]);
      expect(found?.score).toBeCloseTo(score, 6);
    }
  });

  test('attention has one row per word, that of the step that chose it', async () => {
    const [found] = await search([3], { beam: 4, maxWords: 5 });
    expect(found?.attention?.map((row) => row[0])).toEqual(found?.tokens.map((_, t) => t));
  });

  test('alpha 0 makes the penalty 1: per_step then equals sum', async () => {
    const settings = { beam: 3, lengthPenalty: { alpha: 0, beta: 0 }, maxWords: 5 };
    for (let image = 0; image < 10; image += 1) {
      const a = await search([image], { ...settings, norm: 'per_step' });
      const b = await search([image], { ...settings, norm: 'sum' });
      expect(a).toEqual(b);
    }
  });

  test('equal words are taken by their id, and a beam wider than the vocabulary takes them all', async () => {
    const settings = { norm: 'sum', maxWords: 1 } as const;
    const equal = always(Array.from({ length: VOCABULARY }, () => -2));
    // The end mark is tried first, then the words 1, 4 and 5.
    const [[found] = []] = await beamSearch(1, settingsOf({ ...settings, beam: 9 }), equal);
    expect(found?.tokens).toEqual([]);
    const unlikelyEnd = always([-2, -2, -2, -9, -2, -2]);
    const [[first] = []] = await beamSearch(1, settingsOf({ ...settings, beam: 1 }), unlikelyEnd);
    expect(first?.tokens).toEqual([1]);
  });
});
