/** What captions look like without any reference: length, variety, novelty, endings, perplexity. */
import { splitWords } from './caption-words.js';
import { assertCaptions, invalidInput, nameValue } from './invalid-input.js';
import { MetricInputError } from './metric-input-error.js';

export interface CaptionStatistics {
  /** Words per caption. */
  readonly averageLength: number;
  /** Different words divided by all words, 0..1 (Li et al. 2016, "distinct-1"). */
  readonly distinct1: number;
  /** Different pairs of neighbouring words divided by all words (Li et al. 2016, "distinct-2"). */
  readonly distinct2: number;
  /** Different words. */
  readonly vocabularyUsed: number;
  /** Share of captions that end in one of `BAD_ENDINGS`. */
  readonly badEndings: number;
  readonly perImage: readonly {
    readonly length: number;
    readonly hasBadEnding: boolean;
  }[];
}

/**
 * Words that end no caption. The rate of bad endings is that of Guo et al. 2018 ("Improving
 * Reinforcement Learning Based Image Captioning with Natural Language Prior"); the words are those
 * that self-critical.pytorch (Luo 2017) counts and can forbid in decoding as `bad_endings`.
 */
export const BAD_ENDINGS: ReadonlySet<string> = new Set(
  'a an the in for at of with before after on upon near to is are am'.split(' '),
);

/** Describes tokenised captions. */
export function describeCaptions(captions: readonly string[]): CaptionStatistics {
  assertCaptions('captions', captions);
  assertSome(captions);
  const words = new Set<string>();
  const pairs = new Set<string>();
  let wordCount = 0;
  let badEndingCount = 0;
  const perImage = captions.map((caption) => {
    const ofCaption = splitWords(caption);
    for (const [index, word] of ofCaption.entries()) {
      words.add(word);
      const next = ofCaption[index + 1];
      if (next !== undefined) pairs.add(`${word} ${next}`);
    }
    const hasBadEnding = BAD_ENDINGS.has(ofCaption.at(-1) ?? '');
    wordCount += ofCaption.length;
    if (hasBadEnding) badEndingCount += 1;
    return { length: ofCaption.length, hasBadEnding };
  });
  // captions without any word have no variety
  const perWord = (count: number): number => (wordCount === 0 ? 0 : count / wordCount);
  return {
    averageLength: wordCount / captions.length,
    distinct1: perWord(words.size),
    distinct2: perWord(pairs.size),
    vocabularyUsed: words.size,
    badEndings: badEndingCount / captions.length,
    perImage,
  };
}

/** Which captions the training captions do not contain. */
export interface Novelty {
  /** Share of novel captions. */
  readonly corpus: number;
  /** In input order. */
  readonly perImage: readonly boolean[];
}

/**
 * A caption is novel that equals no training caption, token by token. Tokenise both sides alike and
 * each caption by itself (`context: 'none'`): tokens that depend on a neighbour compare with nothing.
 */
export function measureNovelty(captions: readonly string[], training: readonly string[]): Novelty {
  assertCaptions('captions', captions);
  assertCaptions('training', training);
  assertSome(captions);
  const known = new Set(training);
  const perImage = captions.map((caption) => !known.has(caption));
  return { corpus: perImage.filter(Boolean).length / captions.length, perImage };
}

/** Geometric mean of perplexities, each of which is 1 or more. */
export function meanPerplexity(perplexities: readonly number[]): number {
  const given: unknown = perplexities;
  if (!Array.isArray(given)) throw invalidInput('perplexities', given, 'a list of numbers');
  assertSome(perplexities);
  let logs = 0;
  for (const [index, perplexity] of perplexities.entries()) {
    if (!(Number.isFinite(perplexity) && perplexity >= 1)) {
      throw new MetricInputError(
        'invalid-perplexity',
        `The perplexity at index ${index} is ${typeof perplexity === 'number' ? perplexity : nameValue(perplexity)}; it must be a finite number of at ` +
          'least 1: exp of the mean negative log-probability of the words.',
      );
    }
    logs += Math.log(perplexity);
  }
  return Math.exp(logs / perplexities.length);
}

function assertSome(values: readonly unknown[]): void {
  if (values.length === 0) {
    throw new MetricInputError('no-images', 'There are 0 captions to describe. Pass at least one.');
  }
}
