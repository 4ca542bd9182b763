import { describe, expect, test } from 'vitest';
import { SPECIAL_IDS } from '../special-ids.js';
import { DIALECTS, logProbsAfter, search, settingsOf, stepOver } from '../testing/beam-steps.js';
import { beamSearch } from './beam-search.js';
import type { BeamSettings } from './hypotheses.js';

/** All captions there are, best first by the dialect's definition; `on_finish` ranks no cut ones. */
function exhaustive(image: number, changes: Partial<BeamSettings>): number[][] {
  const settings = settingsOf(changes);
  const all: { tokens: number[]; score: number }[] = [];
  const visit = (tokens: number[], sum: number): void => {
    const { alpha, beta } = settings.lengthPenalty;
    const divided = (total: number, n: number): number =>
      total / ((beta + n) / (beta + 1)) ** alpha;
    if (tokens.length === settings.maxWords) {
      const cut = {
        per_step: divided(sum, tokens.length),
        on_finish: Number.NEGATIVE_INFINITY,
        sum,
      };
      all.push({ tokens, score: cut[settings.norm] });
      return;
    }
    const logProbs = logProbsAfter(image, tokens);
    const ended = sum + logProbs[SPECIAL_IDS.end]!;
    const byDialect = {
      per_step: divided(ended, tokens.length + 1),
      on_finish: divided(ended, tokens.length + (settings.divisor === 'words' ? 0 : 1)),
      sum: ended,
    };
    all.push({ tokens, score: byDialect[settings.norm] });
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
  // 3 words at each of 4 positions, and each shorter prefix ended: at most 81 + 40 hypotheses.
  const WIDE = { beam: 130, maxWords: 4 };

  test.each(DIALECTS)('$norm, $divisor', async (dialect) => {
    for (let image = 0; image < 12; image += 1) {
      const settings = { ...WIDE, ...dialect };
      const [found] = await search([image], settings);
      expect(found?.tokens, `image ${image}`).toEqual(exhaustive(image, settings)[0]);
      expect(found?.isFinished).toBe((found?.tokens.length ?? 0) < WIDE.maxWords);
    }
  });

  test.each(DIALECTS)(
    '$norm, $divisor: also when it stops early, and all n of the best',
    async (dialect) => {
      for (let image = 0; image < 12; image += 1) {
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
      for (let image = 0; image < 6; image += 1) {
        const settings = { ...WIDE, ...dialect, lengthPenalty, stop: 'optimal' } as const;
        const [found] = await search([image], settings);
        expect(found?.tokens, `image ${image}`).toEqual(exhaustive(image, settings)[0]);
      }
    }
  });

  test.each([1, 2, 3])('without the unknown word and with no %i-gram twice', async (order) => {
    for (let image = 0; image < 12; image += 1) {
      const settings = {
        // At most 3^5 hypotheses of 5 words and 121 that have ended before.
        beam: 400,
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
