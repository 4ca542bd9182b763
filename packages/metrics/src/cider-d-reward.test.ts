import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCiderDReward, type CiderDReward } from './cider-d-reward.js';
import { scoreCiderD } from './cider.js';
import { countDocumentFrequencies } from './document-frequencies.js';

/** Sums run in another order than those of the captions as text. */
const TOLERANCE = 1e-9;
const VOCABULARY = { vocabularySize: 8 };
const END = 7;
const RUNS = { seed: 7, numRuns: 300 };

type Ids = readonly number[];
/** Few words, so that n-grams repeat, within captions and among them; the end mark is none. */
const caption = fc.array(fc.nat({ max: 4 }), { maxLength: 9 });
const references = fc.array(fc.array(caption, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 6,
});
/** Also words that no reference has. */
const candidate = fc.array(fc.nat({ max: 6 }), { maxLength: 9 });

const textOf = (ids: Ids): string => ids.map((id) => `w${id}`).join(' ');
const ended = (ids: Ids): Ids => [...ids, END];

/** CIDEr-D of the captions as text, with document frequencies of `corpus`. */
function ofText(corpus: readonly Ids[][], candidateIds: Ids, others: readonly Ids[]): number {
  const documentFrequencies = countDocumentFrequencies(corpus.map((image) => image.map(textOf)));
  return scoreCiderD([textOf(candidateIds)], [others.map(textOf)], { documentFrequencies }).corpus;
}

function expectClose(actual: number | undefined, expected: number): void {
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(TOLERANCE);
}

describe('rewards', () => {
  // 0 in both images (idf 0), 1 and 2 in one each (idf ln 2)
  const reward = createCiderDReward([[[0, 1]], [[0, 2]]], VOCABULARY);

  it('are CIDEr-D with the document frequencies of all references', () => {
    // equal to its reference, two of four orders: 10 * 2/4; as reference of the other image: idf 0
    expect([...reward.rewards([0, 1, 1], [[0, 1], [0, 1], Int32Array.of(0, 2)])]).toEqual([
      expect.closeTo(5, 12),
      0,
      expect.closeTo(5, 12),
    ]);
    expect(reward.reward(0, [0, 1])).toBeCloseTo(5, 12);
  });

  it('are 0 for an empty caption', () => {
    expect(reward.reward(0, [])).toBe(0);
  });

  it('of an empty batch are an empty list', () => {
    expect([...reward.rewards([], [])]).toEqual([]);
  });

  it('count the end mark as a word of references and of finished candidates', () => {
    const ending = createCiderDReward(
      [
        [[0, 1], [2]],
        [[3, 4], [3]],
      ],
      { ...VOCABULARY, appendEnd: END },
    );
    const finished = ending.reward(0, [0, 1]);
    expectClose(
      finished,
      ofText(
        [
          [
            [0, 1, END],
            [2, END],
          ],
          [
            [3, 4, END],
            [3, END],
          ],
        ],
        [0, 1, END],
        [
          [0, 1, END],
          [2, END],
        ],
      ),
    );
    expect(ending.reward(0, [0, 1], false)).toBeLessThan(finished);
    expect([
      ...ending.rewards(
        [0, 0],
        [
          [0, 1],
          [0, 1],
        ],
        [true, false],
      ),
    ]).toEqual([finished, ending.reward(0, [0, 1], false)]);
  });

  it('equal scoreCiderD on any captions, with and without end marks', () => {
    const item = fc.record({ image: fc.nat(), ids: candidate, isFinished: fc.boolean() });
    fc.assert(
      fc.property(
        references,
        fc.array(item, { maxLength: 5 }),
        fc.boolean(),
        (corpus, items, withEnds) => {
          const reward = createCiderDReward(corpus, {
            ...VOCABULARY,
            appendEnd: withEnds ? END : null,
          });
          const texts = withEnds ? corpus.map((image) => image.map(ended)) : corpus;
          const images = items.map(({ image }) => image % corpus.length);
          const rewards = reward.rewards(
            images,
            items.map(({ ids }) => ids),
            items.map(({ isFinished }) => isFinished),
          );
          expect(rewards).toHaveLength(items.length);
          for (const [index, { ids, isFinished }] of items.entries()) {
            const read = withEnds && isFinished ? ended(ids) : ids;
            const ofImage = texts[images[index] ?? 0] ?? [];
            expectClose(rewards[index], ofText(texts, read, ofImage));
          }
        },
      ),
      RUNS,
    );
  });

  it('do not depend on what was scored before', () => {
    // long captions of n-grams that no reference has make room, which later calls share
    const fresh = createCiderDReward([[[0, 1, 2, 3]], [[0, 4]]], VOCABULARY);
    const expected = fresh.reward(0, [0, 1, 5, 6, 5]);
    const long = Array.from({ length: 20_000 }, (_, at) => (at * at) % 7);
    fresh.similarities([long], [[5, 6, 5, 6]]);
    expect(fresh.reward(0, [0, 1, 5, 6, 5])).toBe(expected);
    expect(() => fresh.rewards([0, 9], [[5, 6, 5, 6], [0]])).toThrow();
    expect(fresh.reward(0, [0, 1, 5, 6, 5])).toBe(expected);
  });
});

describe('similarity and similarities', () => {
  const captions = fc.array(candidate, { minLength: 2, maxLength: 5 });

  it('equal scoreCiderD against any other captions, with the frequencies of the references', () => {
    fc.assert(
      fc.property(references, captions, (corpus, [first = [], ...others]) => {
        const reward = createCiderDReward(corpus, VOCABULARY);
        expectClose(reward.similarity(first, others), ofText(corpus, first, others));
        const ending = createCiderDReward(corpus, { ...VOCABULARY, appendEnd: END });
        expectClose(
          ending.similarity(first, others),
          ofText(
            corpus.map((image) => image.map(ended)),
            ended(first),
            others.map(ended),
          ),
        );
        expectClose(
          ending.similarity(first, others, false),
          ofText(
            corpus.map((image) => image.map(ended)),
            first,
            others.map(ended),
          ),
        );
      }),
      RUNS,
    );
  });

  it('agree: the mean of a row is the similarity to all, each value that to one', () => {
    fc.assert(
      fc.property(references, captions, captions, (corpus, candidates, others) => {
        const reward = createCiderDReward(corpus, VOCABULARY);
        const matrix = reward.similarities(candidates, others);
        expect(matrix).toHaveLength(candidates.length * others.length);
        for (const [row, ids] of candidates.entries()) {
          const values = [...matrix.subarray(others.length * row, others.length * (row + 1))];
          const sum = values.reduce((total, value) => total + value, 0);
          expectClose(sum / others.length, reward.similarity(ids, others));
          for (const [column, other] of others.entries()) {
            expectClose(values[column], reward.similarity(ids, [other]));
          }
        }
      }),
      RUNS,
    );
  });

  it('put the candidate into the row: a longer one is clipped at the reference', () => {
    const reward = createCiderDReward([[[0]], [[1]]], VOCABULARY);
    const captions = [[0, 0], [0]];
    const matrix = reward.similarities(captions, captions);
    // row 0: (1 * 1) / (2 * 1) for n = 1, one bigram longer; row 1: the same dot, (1 * 2) / (1 * 2)
    const penalty = Math.exp(-1 / 72);
    expect(matrix[1]).toBeCloseTo((10 / 4) * (1 / 2) * penalty, 12);
    expect(matrix[2]).toBeCloseTo((10 / 4) * penalty, 12);
  });
});

describe('createCiderDReward refuses', () => {
  it.each<[string, unknown, unknown, string, string]>([
    ['no options', [[[0]]], undefined, 'invalid-input', 'options is undefined; pass an object'],
    ['a size of 0.5', [[[0]]], { vocabularySize: 0.5 }, 'invalid-input', 'vocabularySize is the'],
    [
      'an end mark outside the vocabulary',
      [[[0]]],
      { vocabularySize: 4, appendEnd: 4 },
      'invalid-input',
      'appendEnd is the number 4; pass an id from 0 to 3, or null.',
    ],
    ['no images', [], VOCABULARY, 'no-images', 'There are 0 images.'],
    ['an image without references', [[[0]], []], VOCABULARY, 'no-references', 'at index 1 has 0'],
    [
      'text',
      [['a dog']],
      VOCABULARY,
      'invalid-input',
      'references[0][0] is the string "a dog"; pass a list or an Int32Array of word ids.',
    ],
    [
      'an id outside the vocabulary',
      [[[0], [1, 8]]],
      VOCABULARY,
      'invalid-caption',
      'references[0][1][1] is the number 8; the ids of a vocabulary of 8 words are integers from 0 to 7.',
    ],
    ['a negative id', [[[-1]]], VOCABULARY, 'invalid-caption', 'is the number -1'],
    ['a hole', [[[undefined]]], VOCABULARY, 'invalid-caption', 'references[0][0][0] is undefined'],
    [
      'an end mark among the words',
      [[[0, END]]],
      { ...VOCABULARY, appendEnd: END },
      'invalid-caption',
      'references[0][0][1] is 7, the end mark, which is appended to finished captions.',
    ],
  ])('%s', (_, given, options, code, message) => {
    expectRefusal(() => call(createCiderDReward, given, options), code, message);
  });
});

describe('a reward refuses', () => {
  const reward = createCiderDReward([[[0, 1]], [[0, 2]]], VOCABULARY);

  it.each<[string, (of: CiderDReward) => unknown, string, string]>([
    [
      'an image that it does not have',
      (of) => of.rewards([0, 2], [[0], [1]]),
      'invalid-input',
      'imageIndices[1] is the number 2; pass an integer from 0 to 1.',
    ],
    ['half an image', (of) => of.reward(0.5, [0]), 'invalid-input', 'is the number 0.5'],
    [
      'a batch with an image too few',
      (of) => of.rewards([0], [[0], [1]]),
      'misaligned-captions',
      '2 candidates but 1 image indices.',
    ],
    [
      'a batch with a value of isFinished too few',
      (of) => of.rewards([0, 1], [[0], [1]], [true]),
      'misaligned-captions',
      '2 candidates but 1 values of isFinished.',
    ],
    [
      'a word that it does not have',
      (of) => of.reward(0, [0, 8]),
      'invalid-caption',
      'candidates[0][1] is the number 8',
    ],
    [
      'to compare with nothing',
      (of) => of.similarity([0], []),
      'no-references',
      'There are 0 captions',
    ],
  ])('%s', (_, act, code, message) => {
    expectRefusal(() => act(reward), code, message);
  });
});

/** Calls with whatever is given, as without types. */
function call(program: (...given: never[]) => unknown, ...given: unknown[]): unknown {
  return (program as (...given: unknown[]) => unknown)(...given);
}

function expectRefusal(act: () => unknown, code: string, message: string): void {
  expect(act).toThrow(
    expect.objectContaining({
      name: 'MetricInputError',
      code,
      message: expect.stringContaining(message),
    }),
  );
}
