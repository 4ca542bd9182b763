import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { countDocumentFrequencies } from './document-frequencies.js';
import { loadMeteorLexicon, type MeteorLexicon } from './meteor/lexicon.js';
import { createMeteor, type Meteor } from './meteor/meteor.js';
import { METRIC_KEYS, METRICS } from './metric-table.js';
import { scoreCaptions, type ScoredItem } from './score-captions.js';
import { compareTable } from './statistics/compare-table.js';
import { resamplingStatistics } from './statistics/metric-statistics.js';
import { pairedBootstrap } from './statistics/paired-bootstrap.js';
import { METRICS_MAJOR, METRICS_VERSION } from './signature.js';

const DOG: ScoredItem = { imageId: 'dog.jpg', candidate: 'Red dog!', references: ['A red dog.'] };
const CAT: ScoredItem = {
  imageId: 'cat.jpg',
  candidate: 'red dog',
  references: ['red cat', 'A cat'],
};

let lexicon: MeteorLexicon;
let meteor: Meteor;
beforeAll(async () => {
  lexicon = await loadMeteorLexicon();
  meteor = createMeteor({ lexicon });
});

describe('scoreCaptions', () => {
  it('tokenises, names every score, keeps image ids and carries statistics', () => {
    const score = scoreCaptions([DOG, CAT], { meteor });
    expect(score.images).toBe(2);
    expect(score.tokenized).toEqual({
      candidates: ['red dog', 'red dog'],
      references: [['a red dog'], ['red cat', 'a cat']],
    });
    // unigrams right: "red", "dog" for the dog, "red" for the cat: 3 of 4; lengths 2 + 2 and 3 + 2
    expect(score.corpus.bleu1).toBeCloseTo((3 / 4) * Math.exp(1 - 5 / 4), 8);
    expect(score.corpus).toMatchObject({
      averageLength: 2,
      vocabularyUsed: 2,
      distinct1: 2 / 4,
      distinct2: 1 / 4,
      badEndings: 0,
    });
    expect(score.perImage.map((image) => image.imageId)).toEqual(['dog.jpg', 'cat.jpg']);
    expect(score.perImage[0]).toMatchObject({
      scores: { averageLength: 2, badEndings: 0 },
      bleu: { testLength: 2, refLength: 3, correct: [2, 1, 0, 0] },
      meteor: { testLength: 2, refLength: 3, testMatches: 2 },
    });
    expect(score.perImage[0]?.scores).not.toHaveProperty('vocabularyUsed');
  });

  it('labels METEOR with its modules and every other metric with its name', () => {
    const { labels, corpus } = scoreCaptions([DOG, CAT], { meteor });
    expect(labels).toMatchObject({
      bleu4: 'BLEU-4',
      meteor: 'METEOR (exact, stem, synonym)',
      ciderD: 'CIDEr-D',
      cider: 'CIDEr',
      badEndings: 'Bad endings',
    });
    expect(Object.keys(labels).toSorted()).toEqual(Object.keys(corpus).toSorted());
    expect(labels).not.toHaveProperty('spice');
  });

  it('signs each score with what it depends on', () => {
    const { signatures, corpus } = scoreCaptions([DOG, CAT], { meteor });
    const common = '|v:1|tok:ptb-3.4.1|ctx:next-caption|refs:1-2-68a4f2ae0033';
    const images = signatures.bleu1?.slice(signatures.bleu1.indexOf('images:2-'));
    expect(images).toMatch(/^images:2-[0-9a-f]{12}$/);
    expect(signatures).toMatchObject({
      bleu4: `BLEU-4${common}|${images}`,
      meteor: `METEOR (exact, stem, synonym)${common}|mod:exact,stem,synonym|lex:${lexicon.version}|${images}`,
      ciderD: `CIDEr-D${common}|idf:test-references|${images}`,
      cider: `CIDEr${common}|idf:test-references|${images}`,
      averageLength: `Length|v:1|tok:ptb-3.4.1|ctx:next-caption|${images}`,
    });
    expect(Object.keys(signatures).toSorted()).toEqual(Object.keys(corpus).toSorted());
  });

  it('signs other contexts, frequencies, training captions and image sets differently', () => {
    const plain = scoreCaptions([DOG, CAT], { meteor }).signatures;
    expect(scoreCaptions([CAT, DOG], { meteor }).signatures).toEqual(plain);
    expect(scoreCaptions([DOG, { ...CAT, imageId: 'x' }], { meteor }).signatures.bleu1).not.toBe(
      plain.bleu1,
    );
    const { signatures } = scoreCaptions([DOG, CAT], {
      meteor,
      context: 'none',
      documentFrequencies: countDocumentFrequencies([['red dog'], ['a cat']]),
      trainingCaptions: ['Red dog', 'a cat'],
    });
    expect(signatures.ciderD).toMatch(/\|refs:1-2-68a4f2ae0033\|idf:given-2-[0-9a-f]{12}\|/);
    expect(signatures.novelCaptions).toMatch(/\|ctx:none\|train:2-[0-9a-f]{12}\|/);
  });

  it('signs references differently where the order of images changes their tokens', () => {
    const sign: ScoredItem = { imageId: 's', candidate: 'a', references: ['The letter K.'] };
    const dog: ScoredItem = { imageId: 'd', candidate: 'a', references: ['A dog runs.'] };
    const cats: ScoredItem = { imageId: 'c', candidate: 'a', references: ['Two cats.'] };
    const refsOf = (items: readonly ScoredItem[], context: 'next-caption' | 'none') =>
      /refs:[^|]*/.exec(scoreCaptions(items, { context }).signatures.bleu1 ?? '')?.[0];
    const [one, other] = [
      [sign, dog, cats],
      [sign, cats, dog],
    ];
    expect(refsOf(one, 'next-caption')).not.toBe(refsOf(other, 'next-caption'));
    expect(refsOf(one, 'none')).toBe(refsOf(other, 'none'));
  });

  it('signs other references of the same images differently, and tests refuse them', () => {
    const candidates = ['red dog', 'a cat', 'two dogs'];
    const itemsOf = (references: readonly string[][]): ScoredItem[] =>
      candidates.map((candidate, index) => ({
        imageId: String(index + 1),
        candidate,
        references: references[index] ?? [],
      }));
    const references = [
      ['a red dog', 'dog'],
      ['a cat', 'cats'],
      ['dogs', 'two dogs'],
    ];
    const { signatures, ...score } = scoreCaptions(itemsOf(references), { meteor });
    const inOtherOrder = itemsOf(references.map((ofImage) => ofImage.toReversed())).toReversed();
    expect(scoreCaptions(inOtherOrder, { meteor }).signatures).toEqual(signatures);

    const run = { name: 'one', statistics: resamplingStatistics({ ...score, signatures }) };
    const others = {
      'a word less': references.with(0, ['a dog', 'dog']),
      'of other images': references.toReversed(),
      'one of each moved': [
        ['a red dog', 'cats'],
        ['a cat', 'dog'],
        ['dogs', 'two dogs'],
      ],
    };
    for (const [name, changed] of Object.entries(others)) {
      const other = scoreCaptions(itemsOf(changed), { meteor });
      const alike = METRIC_KEYS.filter((key) => other.signatures[key] === signatures[key]);
      expect(alike.filter((key) => signatures[key] !== undefined)).toEqual([
        'averageLength',
        'distinct1',
        'distinct2',
        'vocabularyUsed',
        'badEndings',
      ]);
      const otherRun = { name, statistics: resamplingStatistics(other) };
      const refusal = expect.objectContaining({ code: 'signatures-differ' });
      expect(() => pairedBootstrap(run, otherRun)).toThrow(refusal);
      const rows = [run, otherRun].map((ofRow) => ({
        name: ofRow.name,
        runs: [{ trainingSeed: 1, statistics: ofRow.statistics }],
      }));
      expect(() => compareTable(rows, 'one')).toThrow(refusal);
    }
  });

  it('compares with training captions after tokenising both', () => {
    const { corpus, perImage } = scoreCaptions([DOG, { ...CAT, candidate: 'A blue cat' }], {
      meteor,
      trainingCaptions: ['RED DOG', 'a cat'],
    });
    expect(corpus.novelCaptions).toBe(0.5);
    expect(perImage.map(({ scores }) => scores.novelCaptions)).toEqual([0, 1]);
  });

  it('finds a caption among the training captions wherever either stands', () => {
    // The last caption of a file lacks the line break that the clitic needs.
    const items = [DOG, { ...CAT, candidate: "a place that we'll" }];
    for (const context of ['next-caption', 'none'] as const) {
      const { corpus, perImage } = scoreCaptions(items, {
        context,
        trainingCaptions: ["a place that we'll", 'a cat'],
      });
      expect(perImage.map(({ scores }) => scores.novelCaptions)).toEqual([1, 0]);
      expect(corpus.novelCaptions).toBe(0.5);
    }
  });

  it('scores without METEOR what needs no METEOR, under the same signatures', () => {
    const { meteor: _, ...expected } = scoreCaptions([DOG, CAT], { meteor }).signatures;
    const score = scoreCaptions([DOG, CAT]);
    expect(score.signatures).toEqual(expected);
    expect(score.labels).not.toHaveProperty('meteor');
    expect(score.corpus).not.toHaveProperty('meteor');
    expect(score.perImage[0]?.meteor).toBeNull();
    expect(score.perImage[0]?.scores).not.toHaveProperty('meteor');
  });

  it('signs METEOR with another lexicon differently', () => {
    const other = createMeteor({ lexicon: { ...lexicon, version: 'other' } });
    expect(scoreCaptions([DOG, CAT], { meteor: other }).signatures.meteor).toContain('|lex:other|');
  });

  it('passes perplexities on and averages them', () => {
    const items = [
      { ...DOG, perplexity: 2 },
      { ...CAT, perplexity: 8 },
    ];
    const { corpus, perImage, signatures } = scoreCaptions(items, { meteor });
    expect(corpus.perplexity).toBeCloseTo(4, 12);
    expect(perImage.map(({ scores }) => scores.perplexity)).toEqual([2, 8]);
    expect(signatures.perplexity).toMatch(/^Perplexity\|v:1\|images:2-/);
  });

  it('takes SPICE by image id', () => {
    const image = (imageId: string, f: number) => ({ imageId, f, categories: {} });
    const spice = {
      corpus: 0.25,
      tool: 'spice-1.0.jar-abc',
      tokenizer: 'ptb-3.4.1',
      context: 'none' as const,
      references: '1',
      perImage: [image('cat.jpg', 0), image('dog.jpg', 0.5)],
    };
    const { corpus, perImage, signatures } = scoreCaptions([DOG, CAT], { meteor, spice });
    expect(corpus.spice).toBe(0.25);
    expect(perImage.map(({ scores }) => scores.spice)).toEqual([0.5, 0]);
    // how SPICE was run, not how the other metrics are
    expect(signatures.spice).toContain('|ctx:none|refs:1|tool:spice-1.0.jar-abc|');
    expect(() => scoreCaptions([DOG], { meteor, spice })).toThrow(
      expect.objectContaining({ code: 'spice-images-differ' }),
    );
    expect(() => scoreCaptions([DOG, { ...CAT, imageId: 'x' }], { meteor, spice })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('no value for image "x"') }),
    );
  });

  it('has the version of the package, whose major is that of signatures', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect(METRICS_VERSION).toBe(manifest.version);
    expect(METRICS_VERSION.split('.')[0]).toBe(String(METRICS_MAJOR));
  });
});

describe('scoreCaptions refuses', () => {
  const refusal = (items: ScoredItem[]): unknown => {
    try {
      return scoreCaptions(items, { meteor });
    } catch (error) {
      return error;
    }
  };

  it('a second candidate for an image and names both places', () => {
    expect(refusal([DOG, CAT, { ...CAT, imageId: 'dog.jpg' }])).toMatchObject({
      name: 'MetricInputError',
      code: 'duplicate-image-id',
      message:
        'Image id "dog.jpg" occurs at index 0 and again at index 2. Keep one candidate per image.',
    });
  });

  it('an image without references and names it', () => {
    expect(refusal([DOG, { ...CAT, references: [] }])).toMatchObject({
      code: 'no-references',
      message: expect.stringContaining('"cat.jpg" has 0 references'),
    });
  });

  it('an empty list', () => {
    expect(refusal([])).toMatchObject({ code: 'no-images' });
  });

  it('a caption that is no string', () => {
    const item = { ...CAT, candidate: null } as unknown as ScoredItem;
    expect(refusal([DOG, item])).toMatchObject({
      code: 'invalid-caption',
      message: expect.stringContaining('A caption of image "cat.jpg" is null'),
    });
  });

  it('perplexities for some images only, and such that are none', () => {
    expect(refusal([{ ...DOG, perplexity: 2 }, CAT])).toMatchObject({
      code: 'missing-perplexity',
      message: expect.stringContaining('Image "cat.jpg" has no perplexity, but 1 of 2'),
    });
    expect(refusal([{ ...DOG, perplexity: NaN }])).toMatchObject({ code: 'invalid-perplexity' });
  });
});

describe('METRICS', () => {
  it('lists each metric once under its own key, and names are different', () => {
    expect(METRIC_KEYS).toEqual(Object.keys(METRICS));
    expect(new Set(METRIC_KEYS.map((key) => METRICS[key].name)).size).toBe(METRIC_KEYS.length);
    for (const key of METRIC_KEYS) expect(METRICS[key].describe).toMatch(/^[A-Za-z].*\.$/);
  });
});
