import { DecodeSpec } from '@capgrid/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rng } from '../rng.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { compareScores, finishedScore } from './beam-score.js';
import {
  beamSearch,
  type BeamRequest,
  type BeamResult,
  type BeamSettings,
  type BeamStep,
  type StepFunction,
} from './beam-search.js';

/** Pad, unknown, begin, end and two words. */
const VOCABULARY = 6;
const NORMS: BeamSettings['norm'][] = ['per_step', 'on_finish', 'sum'];
const DIALECTS = [
  { norm: 'per_step', divisor: 'words' },
  { norm: 'on_finish', divisor: 'words' },
  { norm: 'on_finish', divisor: 'words+1' },
  { norm: 'sum', divisor: 'words' },
] as const;

function settingsOf(changes: Partial<BeamSettings>): BeamSettings {
  return { ...DecodeSpec.parse({}), ...changes };
}

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
  candidates: number,
): Pick<BeamStep, 'words' | 'logProbs' | 'endLogProbs'> {
  const rows = Array.from({ length: logProbs.length / VOCABULARY }, (_, row) =>
    logProbs.subarray(row * VOCABULARY, (row + 1) * VOCABULARY),
  );
  const words = rows.map((row) =>
    [...row.keys()]
      .sort((a, b) => row[b]! - row[a]! || a - b)
      .slice(0, Math.min(candidates, VOCABULARY)),
  );
  return {
    words: Int32Array.from(words.flat()),
    logProbs: Float32Array.from(words.flatMap((ids, i) => ids.map((id) => rows[i]![id]!))),
    endLogProbs: Float32Array.from(rows, (row) => row[SPECIAL_IDS.end]!),
  };
}

/** A "model" whose state is the prefix itself, so that wrong parents give wrong numbers. */
function stepOver(images: readonly number[]): StepFunction & { rows: number[] } {
  let prefixes: { image: number; tokens: number[] }[] = images.map((image) => ({
    image,
    tokens: [],
  }));
  const rows: number[] = [];
  const step: StepFunction = ({ words, parents, images: ofRows, candidates }) => {
    rows.push(words.length);
    prefixes = [...parents].map((parent, row) => {
      const { image, tokens } = prefixes[parent]!;
      expect(image).toBe(images[ofRows[row]!]);
      const word = words[row]!;
      return { image, tokens: word === SPECIAL_IDS.begin ? [] : [...tokens, word] };
    });
    const logProbs = new Float32Array(prefixes.length * VOCABULARY);
    for (const [row, { image, tokens }] of prefixes.entries()) {
      logProbs.set(logProbsAfter(image, tokens), row * VOCABULARY);
    }
    // "Attention": how long the prefix was when the word was chosen.
    const attention = Float32Array.from(prefixes, ({ tokens }) => tokens.length);
    return Promise.resolve({ ...likeliest(logProbs, candidates), attention });
  };
  return Object.assign(step, { rows });
}

async function search(
  images: readonly number[],
  changes: Partial<BeamSettings>,
): Promise<BeamResult[]> {
  const results = await beamSearch(images.length, settingsOf(changes), stepOver(images));
  return results.map(([best]) => best!);
}

/** A step that gives the same log-probabilities to each row, whatever came before. */
function always(logProbs: readonly number[]): StepFunction {
  return ({ words, candidates }: BeamRequest) =>
    Promise.resolve({
      ...likeliest(Float32Array.from(Array.from(words, () => logProbs).flat()), candidates),
      attention: null,
    });
}

/** All finished captions there are, best first by the dialect's definition. */
function exhaustive(image: number, changes: Partial<BeamSettings>): number[][] {
  const settings = settingsOf(changes);
  const all: { tokens: number[]; score: number }[] = [];
  const visit = (tokens: number[], sum: number): void => {
    const logProbs = logProbsAfter(image, tokens);
    const ended = sum + logProbs[SPECIAL_IDS.end]!;
    const { alpha, beta } = settings.lengthPenalty;
    const divided = (n: number): number => ended / ((beta + n) / (beta + 1)) ** alpha;
    const byDialect = {
      per_step: divided(tokens.length + 1),
      on_finish: divided(tokens.length + (settings.divisor === 'words' ? 0 : 1)),
      sum: ended,
    };
    all.push({ tokens, score: byDialect[settings.norm] });
    if (tokens.length + 1 >= settings.maxWords) return;
    for (const word of settings.blockUnknown ? [4, 5] : [SPECIAL_IDS.unknown, 4, 5]) {
      const longer = [...tokens, word];
      if (repeats(longer, settings.noRepeatNgram)) continue;
      visit(longer, sum + logProbs[word]!);
    }
  };
  visit([], 0);
  return all
    .filter(({ score }) => score > Number.NEGATIVE_INFINITY)
    .sort((a, b) => b.score - a.score)
    .map(({ tokens }) => tokens);
}

function repeats(tokens: readonly number[], order: number): boolean {
  if (order === 0) return false;
  const ngrams = tokens.slice(order - 1).map((_, i) => tokens.slice(i, i + order).join());
  return new Set(ngrams).size < ngrams.length;
}

describe('a beam as wide as all hypotheses finds the best captions there are', () => {
  // 3 words at each of 3 positions, and each prefix ended: at most 27 + 13 hypotheses.
  const WIDE = { beam: 50, maxWords: 4 };

  test.each(DIALECTS)('$norm, $divisor', async (dialect) => {
    for (let image = 0; image < 25; image += 1) {
      const settings = { ...WIDE, ...dialect };
      const [found] = await search([image], settings);
      expect(found?.tokens, `image ${image}`).toEqual(exhaustive(image, settings)[0]);
      expect(found?.isFinished).toBe(true);
    }
  });

  test.each(DIALECTS)(
    '$norm, $divisor: also when it stops early, and all n of the best',
    async (dialect) => {
      for (let image = 0; image < 25; image += 1) {
        const settings = { ...WIDE, ...dialect, nBest: 5 };
        const best = exhaustive(image, settings).slice(0, 5);
        for (const stop of ['all', 'optimal'] as const) {
          const [found = []] = await beamSearch(
            1,
            settingsOf({ ...settings, stop }),
            stepOver([image]),
          );
          expect(
            found.map(({ tokens }) => tokens),
            `image ${image}, ${stop}`,
          ).toEqual(best);
        }
      }
    },
  );

  test.each(DIALECTS)('$norm, $divisor: other penalties', async (dialect) => {
    for (const lengthPenalty of [
      { alpha: 0.7, beta: 5 },
      { alpha: 2, beta: 0 },
    ]) {
      for (let image = 0; image < 10; image += 1) {
        const settings = { ...WIDE, ...dialect, lengthPenalty, stop: 'optimal' } as const;
        const [found] = await search([image], settings);
        expect(found?.tokens, `image ${image}`).toEqual(exhaustive(image, settings)[0]);
      }
    }
  });

  test.each([1, 2, 3])('without the unknown word and with no %i-gram twice', async (order) => {
    for (let image = 0; image < 25; image += 1) {
      const settings = {
        beam: 80,
        maxWords: 5,
        norm: 'sum',
        noRepeatNgram: order,
        blockUnknown: image % 2 === 0,
        nBest: 4,
      } as const;
      const [found = []] = await beamSearch(1, settingsOf(settings), stepOver([image]));
      expect(
        found.map(({ tokens }) => tokens),
        `image ${image}`,
      ).toEqual(exhaustive(image, settings).slice(0, 4));
    }
  });
});

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

  test('a finished hypothesis wins over a likelier one that was cut', async () => {
    // The end mark is unlikely at every step, but within a beam of 2.
    const step = always([-9, -9, -9, -2, -0.2, -8]);
    const settings = { beam: 2, maxWords: 3 };
    const [[bySum] = []] = await beamSearch(1, settingsOf({ ...settings, norm: 'sum' }), step);
    expect(bySum?.isFinished).toBe(true);
    expect(bySum?.tokens).toEqual([]);
    expect(bySum?.logProb).toBeCloseTo(-2, 6);
    const [[perStep] = []] = await beamSearch(1, settingsOf(settings), step);
    expect(perStep?.tokens).toEqual([4, 4]);
    expect(perStep?.score).toBeCloseTo((-0.4 - 2) / 3, 6);
  });

  test('the whole last beam: what has ended and what was cut, by score', async () => {
    const step = always([-9, -9, -9, -2, -0.2, -8]);
    const settings = {
      beam: 3,
      nBest: 3,
      norm: 'sum',
      maxWords: 3,
      keepsUnfinished: true,
    } as const;
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

describe('stop rules', () => {
  /** Best caption and number of steps. */
  async function run(image: number, changes: Partial<BeamSettings>) {
    const step = stepOver([image]);
    const [[best] = []] = await beamSearch(1, settingsOf(changes), step);
    return { score: best?.score ?? Number.NaN, best, steps: step.rows.length };
  }

  test('optimal never scores less than all, and never takes more steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(...DIALECTS),
        fc.constantFrom(0, 0.5, 1, 2),
        fc.constantFrom(0, 1, 5),
        async (image, beam, dialect, alpha, beta) => {
          const settings = { beam, ...dialect, lengthPenalty: { alpha, beta }, maxWords: 6 };
          const all = await run(image, { ...settings, stop: 'all' });
          const optimal = await run(image, { ...settings, stop: 'optimal' });
          if (all.best?.isFinished === true) {
            expect(optimal.best?.isFinished).toBe(true);
            expect(compareScores(optimal.score, all.score)).toBeGreaterThanOrEqual(0);
          }
          expect(optimal.steps).toBeLessThanOrEqual(all.steps);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  test.each(DIALECTS)('$norm, $divisor: optimal saves steps', async (dialect) => {
    const steps = { all: 0, optimal: 0 };
    for (let image = 0; image < 40; image += 1) {
      for (const stop of ['all', 'optimal'] as const) {
        steps[stop] += (await run(image, { beam: 4, ...dialect, stop, maxWords: 8 })).steps;
      }
    }
    expect(steps.optimal).toBeLessThan(steps.all);
  });

  test('first ends with the first hypothesis that ends', async () => {
    for (let image = 0; image < 40; image += 1) {
      const settings = { beam: 4, norm: 'sum', maxWords: 8 } as const;
      const { best, steps } = await run(image, { ...settings, stop: 'first' });
      expect(best?.isFinished).toBe(true);
      expect(steps).toBe((best?.tokens.length ?? 0) + 1);
    }
  });

  test('an empty caption without a score is no end for on_finish', async () => {
    const step: StepFunction = async (request) =>
      always(
        request.words[0] === SPECIAL_IDS.begin
          ? [-9, -9, -9, -0.1, -2, -9]
          : [-9, -9, -9, -0.1, -9, -9],
      )(request);
    for (const stop of ['first', 'optimal', 'all'] as const) {
      const settings = settingsOf({ beam: 2, norm: 'on_finish', stop, maxWords: 4 });
      const [[found] = []] = await beamSearch(1, settings, step);
      expect(found?.tokens, stop).toEqual([4]);
      expect(found?.isFinished, stop).toBe(true);
    }
  });
});

describe('pruning', () => {
  // Ends at once with -1 or goes on with -1.5, and then -0.1 a word.
  const step: StepFunction = async (request) =>
    always(
      request.words[0] === SPECIAL_IDS.begin
        ? [-99, -99, -99, -1, -1.5, -99]
        : [-99, -99, -99, -0.1, -99, -99],
    )(request);

  test('drops what scores more than X less than the best finished one, and only then', async () => {
    const captions = async (prune: number): Promise<(readonly number[])[]> => {
      const settings = settingsOf({ beam: 2, norm: 'sum', prune, nBest: 2, maxWords: 5 });
      const [found = []] = await beamSearch(1, settings, step);
      return found.map(({ tokens }) => tokens);
    };
    expect(await captions(0)).toEqual([[], [4]]);
    expect(await captions(0.6)).toEqual([[], [4]]);
    expect(await captions(0.4)).toEqual([[]]);
  });

  test('X as large as any difference changes nothing', async () => {
    for (let image = 0; image < 20; image += 1) {
      const settings = { beam: 3, norm: 'on_finish', maxWords: 6 } as const;
      expect(await search([image], { ...settings, prune: 1e6 })).toEqual(
        await search([image], settings),
      );
    }
  });
});

test('a score is that of its definition', () => {
  const score = (changes: Partial<BeamSettings>) => finishedScore(-6, 3, settingsOf(changes));
  expect(score({ norm: 'sum' })).toBe(-6);
  expect(score({ norm: 'per_step' })).toBe(-1.5);
  expect(score({ norm: 'on_finish' })).toBe(-2);
  expect(score({ norm: 'on_finish', divisor: 'words+1' })).toBe(-1.5);
  // (5 + 3)^0.5 / (5 + 1)^0.5
  expect(score({ norm: 'on_finish', lengthPenalty: { alpha: 0.5, beta: 5 } })).toBeCloseTo(
    -6 / Math.sqrt(8 / 6),
    12,
  );
});
