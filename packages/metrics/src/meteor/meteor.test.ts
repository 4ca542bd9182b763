import { beforeAll, describe, expect, it } from 'vitest';
import { MetricInputError } from '../metric-input-error.js';
import { loadMeteorLexicon, type MeteorLexicon } from './lexicon.js';
import { createMeteor, scoreMeteor } from './meteor.js';
import { parseParaphrases } from './parse-paraphrases.js';
import { meteorFromStatistics } from './score-statistics.js';
import {
  meteorStatisticsFromArray,
  meteorStatisticsToArray,
  sumMeteorStatistics,
} from './statistics.js';

let lexicon: MeteorLexicon;
beforeAll(async () => {
  lexicon = await loadMeteorLexicon();
});

const paraphrases = parseParaphrases('0.5\na group of\nseveral\n');

describe('createMeteor', () => {
  it('names its modules in the label unless it has all four', () => {
    expect(createMeteor({ lexicon }).label).toBe('METEOR (exact, stem, synonym)');
    expect(createMeteor({ lexicon, modules: ['stem', 'exact'] }).label).toBe(
      'METEOR (exact, stem)',
    );
    expect(createMeteor({ lexicon, paraphrases }).label).toBe('METEOR');
  });

  it('names the table in use', () => {
    expect(createMeteor({ lexicon, paraphrases }).paraphrases).toBe(paraphrases.fingerprint);
    expect(createMeteor({ lexicon }).paraphrases).toBeNull();
    expect(createMeteor({ lexicon, paraphrases, modules: ['exact'] }).paraphrases).toBeNull();
  });

  it('gives a Meteor of its own to every caller, also where they are used in turn', () => {
    const tables = ['0.5\nlads\nyouths\n', '0.5\nyouths\nboats\n'].map((text) =>
      parseParaphrases(text),
    );
    const both = tables.map((table) => createMeteor({ lexicon, paraphrases: table }));
    for (let turn = 0; turn < 2; turn++) {
      const matches = both.map((meteor) => meteor.align('lads', 'youths').statistics.testMatches);
      expect(matches).toEqual([1, 0]);
    }
  });

  it('refuses the paraphrase module without a table, and no modules at all', () => {
    for (const modules of [['paraphrase'], []] as 'paraphrase'[][]) {
      expect(() => createMeteor({ lexicon, modules })).toThrow(
        expect.objectContaining({ code: 'invalid-meteor-modules' }) as Error,
      );
    }
  });
});

describe('score', () => {
  it('keeps the statistics of the best reference', () => {
    const meteor = createMeteor({ lexicon });
    const { statistics, score } = meteor.score('a dog on the couch', [
      'a cat on the bed',
      'a dog on the couch',
      'a dog',
    ]);
    expect(score).toBe(1);
    expect(meteorStatisticsToArray(statistics).slice(0, 8)).toEqual([5, 5, 3, 3, 2, 2, 3, 3]);
    expect(statistics.chunks).toBe(1);
  });

  it('keeps the first of equally good references', () => {
    const { statistics, score } = createMeteor({ lexicon }).score('zebra', ['', 'a dog', 'a']);
    expect(score).toBe(0);
    expect(statistics).toMatchObject({ testLength: 1, refLength: 0, refFunctionWords: 0 });
  });

  it('is 0 without words or matches', () => {
    const meteor = createMeteor({ lexicon });
    for (const [candidate, reference] of [
      ['', ''],
      ['', 'dog'],
      ['dog', ''],
      ['dog', 'xylophone'],
    ] as const) {
      expect(meteor.score(candidate, [reference]).score).toBe(0);
    }
  });

  it('follows the equations', () => {
    // 2 of 3 words match in one chunk; content words weigh 0.75 and function words 0.25:
    // precision = recall = (0.75 + 0.25) / (0.75 * 2 + 0.25); fragmentation 1 chunk / 2 words
    const { score } = createMeteor({ lexicon }).score('a dog runs', ['a dog sleeps']);
    const fMean = 1 / 1.75;
    expect(score).toBeCloseTo(fMean * (1 - 0.6 * 0.5 ** 0.2), 14);
  });

  it('is the same after captions were forgotten', () => {
    const captions = ['a dog runs', 'dogs run', 'a couch', 'the sofa', 'several photos', 'a photo'];
    const scoresWith = (maxRememberedCaptions: number): number[] => {
      let lookups = 0;
      const counting = { ...lexicon, stem: (word: string) => (lookups++, lexicon.stem(word)) };
      const meteor = createMeteor({ lexicon: counting, maxRememberedCaptions });
      const scores = captions.flatMap((candidate) =>
        captions.map((reference) => meteor.score(candidate, [reference]).score),
      );
      expect(lookups > 11).toBe(maxRememberedCaptions < captions.length); // 11 words
      return scores;
    };
    expect(scoresWith(0)).toEqual(scoresWith(1000));
    expect(scoresWith(3)).toEqual(scoresWith(1000));
  });

  it('refuses a candidate without references', () => {
    expect(() => createMeteor({ lexicon }).score('a dog', [])).toThrow(MetricInputError);
  });
});

describe('scoreMeteor', () => {
  it('takes the corpus score from summed statistics, not from the mean', () => {
    const candidates = ['a dog', 'a man rides a horse on the beach'];
    const references = [['a dog'], ['a woman on a horse']];
    const { corpus, perImage, statistics } = scoreMeteor(
      candidates,
      references,
      createMeteor({ lexicon }),
    );
    expect(perImage[0]).toBe(1);
    expect(corpus).toBe(meteorFromStatistics(statistics));
    expect(corpus).not.toBeCloseTo(((perImage[0] ?? 0) + (perImage[1] ?? 0)) / 2, 3);
  });
});

describe('the statistics', () => {
  it('survive the way to an array and back', () => {
    const numbers = Array.from({ length: 23 }, (_, index) => index + 1);
    const statistics = meteorStatisticsFromArray(numbers);
    expect(statistics.chunks).toBe(21);
    expect(statistics.refFunctionMatches).toEqual([8, 12, 16, 20]);
    expect(meteorStatisticsToArray(statistics)).toEqual(numbers);
  });

  it('sum to no chunks for an image that matches completely in one chunk', () => {
    const meteor = createMeteor({ lexicon });
    const perfect = meteor.score('a dog', ['a dog']).statistics;
    const partial = meteor.score('a dog', ['a dog runs']).statistics;
    expect(perfect.chunks).toBe(1);
    expect(sumMeteorStatistics([perfect]).chunks).toBe(0);
    expect(sumMeteorStatistics([perfect, partial, perfect]).chunks).toBe(1);
    expect(meteorFromStatistics(sumMeteorStatistics([perfect]))).toBe(1);
  });
});
