import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SPECIAL_IDS } from '../special-ids.js';
import { always, DIALECTS, inTurn, search, settingsOf, stepOver } from '../testing/beam-steps.js';
import { compareScores } from './beam-score.js';
import { beamSearch, type StepFunction } from './beam-search.js';
import type { BeamSettings } from './hypotheses.js';

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
          // `on_finish` prefers what has ended to what was cut, whatever the scores.
          const isRanked = dialect.norm !== 'on_finish' || all.best?.isFinished === true;
          if (isRanked) expect(compareScores(optimal.score, all.score)).toBeGreaterThanOrEqual(0);
          if (all.best?.isFinished === true) expect(optimal.best?.isFinished).toBe(true);
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

  test('it is the result of a beam of 1, with a probability like any', async () => {
    const step = always([-9, -9, -9, -0.1, -2, -9]);
    for (const stop of ['first', 'optimal', 'all'] as const) {
      const settings = settingsOf({ beam: 1, norm: 'on_finish', stop, maxWords: 4 });
      const [[found] = []] = await beamSearch(1, settings, step);
      expect(found, stop).toMatchObject({ tokens: [], isFinished: true, score: -Infinity });
      expect(found?.logProb, stop).toBeCloseTo(-0.1, 6);
    }
  });

  describe('optimal keeps what has left the beam', () => {
    // "4" ends with -1.0, which is -0.5 a token. "4 4 4" and "4 4 5" are likelier a token when they
    // push it out of the beam of 2, and then end badly.
    const pushedOut = () =>
      inTurn([
        [-9, -9, -9, -9, -0.1, -9],
        [-9, -9, -9, -0.9, -0.7, -9],
        [-9, -9, -9, -9, -0.4, -0.5],
        [-9, -9, -9, -3, -4, -4],
      ]);
    const captions = async (changes: Partial<BeamSettings>) => {
      const settings = settingsOf({ beam: 2, norm: 'per_step', maxWords: 4, ...changes });
      const [found = []] = await beamSearch(1, settings, pushedOut());
      return found.map(({ tokens }) => tokens);
    };

    test('the best caption is found again', async () => {
      expect(await captions({ stop: 'all' })).toEqual([[4, 4, 4]]);
      expect(await captions({ stop: 'optimal' })).toEqual([[4]]);
    });

    test('no more captions are returned than the beam has places', async () => {
      const inBeam = await captions({ stop: 'optimal', nBest: 2 });
      expect(inBeam).toEqual([[4], [4, 4, 4]]);
      expect(await captions({ stop: 'optimal', nBest: 3 })).toEqual(inBeam);
    });
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
