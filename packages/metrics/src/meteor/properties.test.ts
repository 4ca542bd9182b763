import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadMeteorLexicon } from './lexicon.js';
import { createMeteor, scoreMeteor, type Meteor } from './meteor.js';
import { parseParaphrases } from './parse-paraphrases.js';
import { meteorFromStatistics } from './score-statistics.js';
import { sumMeteorStatistics } from './statistics.js';

/** A fixed seed: the same captions on every run. */
const RUNS = { seed: 20, numRuns: 300 };

/** Few words, so that they repeat, with stems, synonyms and paraphrases among them. */
const WORDS = [
  'a',
  'the',
  'of',
  'dog',
  'dogs',
  'couch',
  'sofa',
  'photo',
  'photos',
  'several',
  'xq',
];
const TABLE =
  '0.1\na dog\nthe photo\n0.1\nseveral\na couch of\n0.1\ndogs\na dog\n0.1\na dog\ndogs\n';

const caption = (minWords: number) =>
  fc
    .array(fc.constantFrom(...WORDS), { minLength: minWords, maxLength: 14 })
    .map((words) => words.join(' '));
const image = fc.record({
  candidate: caption(0),
  references: fc.array(caption(0), { minLength: 1, maxLength: 5 }),
});

let meteor: Meteor;
beforeAll(async () => {
  meteor = createMeteor({
    lexicon: await loadMeteorLexicon(),
    paraphrases: parseParaphrases(TABLE),
  });
});

describe('METEOR of any captions', () => {
  it('is 1 for a caption against itself', () => {
    fc.assert(
      fc.property(caption(1), (text) => {
        expect(meteor.score(text, [text]).score).toBeCloseTo(1, 12);
      }),
      RUNS,
    );
  });

  it('lies between 0 and 1', () => {
    fc.assert(
      fc.property(image, ({ candidate, references }) => {
        const { score } = meteor.score(candidate, references);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1 + 1e-12);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of references, nor on what was scored before', () => {
    fc.assert(
      fc.property(image, ({ candidate, references }) => {
        const { score } = meteor.score(candidate, references);
        expect(meteor.score(candidate, references.toReversed()).score).toBe(score);
      }),
      RUNS,
    );
  });

  it('uses each word at most once and reports the words it used', () => {
    fc.assert(
      fc.property(caption(0), caption(0), (candidate, reference) => {
        const { matches, statistics } = meteor.align(candidate, reference);
        const used = { test: new Set<number>(), ref: new Set<number>() };
        for (const match of matches) {
          for (let word = 0; word < match.candidateLength; word++) {
            used.test.add(match.candidateStart + word);
          }
          for (let word = 0; word < match.refLength; word++) used.ref.add(match.refStart + word);
        }
        expect(statistics.testMatches).toBe(used.test.size);
        expect(statistics.refMatches).toBe(used.ref.size);
      }),
      RUNS,
    );
  });

  it('comes from sums of statistics, in whatever parts they are summed', () => {
    fc.assert(
      fc.property(fc.array(image, { minLength: 2, maxLength: 8 }), fc.nat(7), (images, cut) => {
        const candidates = images.map(({ candidate }) => candidate);
        const references = images.map((one) => one.references);
        const whole = scoreMeteor(candidates, references, meteor);
        const parts = [
          sumMeteorStatistics(whole.perImageStatistics.slice(0, cut)),
          sumMeteorStatistics(whole.perImageStatistics.slice(cut)),
        ];
        expect(sumMeteorStatistics(parts)).toEqual(whole.statistics);
        expect(meteorFromStatistics(sumMeteorStatistics(parts))).toBe(whole.corpus);
      }),
      RUNS,
    );
  });
});
