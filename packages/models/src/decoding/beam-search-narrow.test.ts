/**
 * Narrow beams, which drop hypotheses at each step: against a plain search that looks at one image,
 * tries every word and keeps nothing but lists.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SPECIAL_IDS } from '../special-ids.js';
import {
  DIALECTS,
  logProbsAfter,
  settingsOf,
  stepOver,
  VOCABULARY,
} from '../testing/beam-steps.js';
import { compareScores } from './beam-score.js';
import { beamSearch } from './beam-search.js';
import type { BeamSettings } from './hypotheses.js';

interface Kept {
  readonly tokens: readonly number[];
  readonly logProb: number;
  /** What has ended competes with it, and captions are ranked by it in the end. */
  readonly score: number;
  readonly hasEnded: boolean;
}

const WRITABLE = Array.from({ length: VOCABULARY }, (_, word) => word).filter(
  (word) => word !== SPECIAL_IDS.pad && word !== SPECIAL_IDS.begin,
);

function plainSearch(image: number, settings: BeamSettings): (readonly number[])[] {
  const { norm, stop, prune, maxWords, nBest } = settings;
  let beam: Kept[] = [{ tokens: [], logProb: 0, score: 0, hasEnded: false }];
  let isOver = false;
  for (let t = 0; t < maxWords && !isOver; t += 1) {
    const next = beam.flatMap((kept) =>
      kept.hasEnded
        ? [{ kept, rank: kept.score }]
        : longerBy(kept, image, settings).map((longer) => ({
            kept: longer,
            rank: norm === 'on_finish' ? longer.logProb : longer.score,
          })),
    );
    beam = next
      .toSorted((a, b) => compareScores(b.rank, a.rank))
      .slice(0, settings.beam)
      .map(({ kept }) => kept);
    const best = Math.max(...beam.filter(({ hasEnded }) => hasEnded).map(({ score }) => score));
    if (prune > 0) beam = beam.filter((kept) => kept.hasEnded || best - kept.score <= prune);
    isOver =
      beam.every(({ hasEnded }) => hasEnded) || (stop === 'first' && beam.some(hasScoreAndEnd));
  }
  const ended = beam.filter(hasScoreAndEnd);
  const cut = isOver ? [] : beam.filter(({ hasEnded }) => !hasEnded);
  const isEmptyAndLess = ended.every(
    ({ tokens, score }) => tokens.length === 0 && cut.some((other) => other.score > score),
  );
  const onFinish = isEmptyAndLess ? cut : ended;
  const ranked = norm === 'on_finish' ? onFinish : [...ended, ...cut];
  return (ranked.length > 0 ? ranked : beam)
    .toSorted((a, b) => compareScores(b.score, a.score))
    .slice(0, nBest)
    .map(({ tokens }) => tokens);
}

/** All that one more token makes of it. */
function longerBy({ tokens, logProb }: Kept, image: number, settings: BeamSettings): Kept[] {
  const added = logProbsAfter(image, tokens);
  const { norm, divisor, blockUnknown, noRepeatNgram } = settings;
  const { alpha, beta } = settings.lengthPenalty;
  const divided = (sum: number, length: number): number => {
    const penalty = ((beta + length) / (beta + 1)) ** alpha;
    return penalty === 0 ? Number.NEGATIVE_INFINITY : sum / penalty;
  };
  return WRITABLE.flatMap((word): Kept[] => {
    const sum = logProb + (added[word] ?? Number.NaN);
    const length = tokens.length + 1;
    const perStep = norm === 'per_step' ? divided(sum, length) : sum;
    if (word === SPECIAL_IDS.end) {
      const counted = divisor === 'words' ? tokens.length : length;
      const score = norm === 'on_finish' ? divided(sum, counted) : perStep;
      return [{ tokens, logProb: sum, score, hasEnded: true }];
    }
    const longer = [...tokens, word];
    const isBlocked = blockUnknown && word === SPECIAL_IDS.unknown;
    if (isBlocked || repeats(longer, noRepeatNgram)) return [];
    return [{ tokens: longer, logProb: sum, score: perStep, hasEnded: false }];
  });
}

function repeats(tokens: readonly number[], order: number): boolean {
  if (order === 0) return false;
  const ngrams = tokens.slice(order - 1).map((_, i) => tokens.slice(i, i + order).join());
  return new Set(ngrams).size < ngrams.length;
}

function hasScoreAndEnd({ hasEnded, score }: Kept): boolean {
  return hasEnded && score > Number.NEGATIVE_INFINITY;
}

const ofBeam = fc.integer({ min: 1, max: 5 });
const ofSearch = fc.record({
  stop: fc.constantFrom('all', 'first'),
  prune: fc.constantFrom(0, 0.7),
  noRepeatNgram: fc.constantFrom(0, 2),
  blockUnknown: fc.boolean(),
  lengthPenalty: fc.constantFrom({ alpha: 1, beta: 0 }, { alpha: 0.7, beta: 5 }),
});

test.each(DIALECTS)(
  '$norm, $divisor: a narrow beam keeps what a plain search keeps, with any other option',
  async (dialect) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), ofBeam, ofSearch, async (image, beam, options) => {
        const settings = settingsOf({ ...dialect, ...options, beam, nBest: beam, maxWords: 6 });
        const [found = []] = await beamSearch(1, settings, stepOver([image]));
        expect(found.map(({ tokens }) => tokens)).toEqual(plainSearch(image, settings));
      }),
      { numRuns: 120, seed: 5 },
    );
  },
);
