/** Captions that are word ids already, as a model sees them: nothing is tokenised or looked up. */
import type { NumberedCaptions } from './caption-words.js';
import { invalidInput, isRecord, nameValue } from './invalid-input.js';
import { MetricInputError } from './metric-input-error.js';

/** Ids of the words of a caption in order, without marks for begin, end and padding. */
export type CaptionIds = Int32Array | readonly number[];

export interface CaptionIdsOptions {
  /** Ids are 0 to vocabularySize - 1. */
  readonly vocabularySize: number;
  /**
   * Id of the end mark. Given, it follows every reference and every finished candidate and counts as
   * a word, so that a caption that breaks off earns less. Null or left out: nothing is appended.
   */
  readonly appendEnd?: number | null | undefined;
}

export interface NamedCaption {
  readonly ids: CaptionIds;
  /** For messages, such as `references[3][0]`. */
  readonly name: () => string;
  /** False where no end mark follows, as in a caption cut at the greatest length; default true. */
  readonly isFinished?: boolean | undefined;
}

/** Words of captions that lie one after the other. */
export type CaptionRun = Pick<NumberedCaptions, 'firstWord' | 'words'>;

/** @throws MetricInputError `invalid-input` */
export function assertIdsOptions(options: unknown): void {
  if (!isRecord(options)) {
    throw invalidInput('options', options, 'an object { vocabularySize, appendEnd }');
  }
  const { vocabularySize, appendEnd } = options;
  if (!isId(vocabularySize, MAX_WORD_COUNT)) {
    throw invalidInput('vocabularySize', vocabularySize, 'the number of ids that the model knows');
  }
  if (appendEnd === undefined || appendEnd === null || isId(appendEnd, vocabularySize)) return;
  throw invalidInput('appendEnd', appendEnd, `an id from 0 to ${vocabularySize - 1}, or null`);
}

/** @throws MetricInputError `invalid-input`, `invalid-caption` */
export function readCaptionIds(
  captions: readonly NamedCaption[],
  { vocabularySize, appendEnd = null }: CaptionIdsOptions,
): CaptionRun {
  const firstWord = new Int32Array(captions.length + 1);
  for (const [index, { ids, name, isFinished = true }] of captions.entries()) {
    if (!Array.isArray(ids) && !(ids instanceof Int32Array)) {
      throw invalidInput(name(), ids, 'a list or an Int32Array of word ids');
    }
    const marks = isFinished && appendEnd !== null ? 1 : 0;
    firstWord[index + 1] = (firstWord[index] ?? 0) + ids.length + marks;
  }
  const words = new Int32Array(firstWord[captions.length] ?? 0);
  for (const [index, { ids, name, isFinished = true }] of captions.entries()) {
    const from = firstWord[index] ?? 0;
    for (let offset = 0; offset < ids.length; offset += 1) {
      const id = ids[offset] ?? -1;
      if (id === appendEnd || !isId(id, vocabularySize)) {
        throw invalidId(`${name()}[${offset}]`, ids[offset], vocabularySize, appendEnd);
      }
      words[from + offset] = id;
    }
    if (isFinished && appendEnd !== null) words[from + ids.length] = appendEnd;
  }
  return { firstWord, words };
}

/**
 * References of each image behind its candidate.
 * @param candidates [images]; default: empty captions
 * @throws MetricInputError `invalid-input`, `invalid-caption`, `no-images`, `no-references`
 */
export function readImageIds(
  references: readonly (readonly CaptionIds[])[],
  options: CaptionIdsOptions,
  candidates?: readonly NamedCaption[],
): NumberedCaptions {
  const wanted = 'a list with one list of captions per image';
  if (!Array.isArray(references)) throw invalidInput('references', references, wanted);
  if (references.length === 0) {
    throw new MetricInputError(
      'no-images',
      'There are 0 images. Pass at least one with its references.',
    );
  }
  const captions: NamedCaption[] = [];
  const firstCaption = new Int32Array(references.length + 1);
  for (const [image, ofImage] of references.entries()) {
    if (!Array.isArray(ofImage)) throw invalidInput(`references[${image}]`, ofImage, wanted);
    if (ofImage.length === 0) {
      throw new MetricInputError(
        'no-references',
        `The image at index ${image} has 0 references. Give it at least one or leave it out.`,
      );
    }
    captions.push(candidates?.[image] ?? NO_CAPTION);
    for (const [index, ids] of ofImage.entries()) {
      captions.push({ ids, name: () => `references[${image}][${index}]` });
    }
    firstCaption[image + 1] = captions.length;
  }
  return {
    ...readCaptionIds(captions, options),
    images: references.length,
    firstCaption,
    wordCount: options.vocabularySize,
  };
}

const NO_CAPTION: NamedCaption = { ids: [], name: () => '', isFinished: false };

/** Leaves room for the ids of longer n-grams in 32 bits. */
const MAX_WORD_COUNT = 2 ** 30;

function isId(value: unknown, size: number): value is number {
  return typeof value === 'number' && value >>> 0 === value && value < size;
}

function invalidId(
  name: string,
  id: unknown,
  vocabularySize: number,
  appendEnd: number | null,
): MetricInputError {
  return new MetricInputError(
    'invalid-caption',
    appendEnd !== null && id === appendEnd
      ? `${name} is ${appendEnd}, the end mark, which is appended to finished captions. Pass only the ` +
          'words before it.'
      : `${name} is ${nameValue(id)}; the ids of a vocabulary of ${vocabularySize} words are ` +
          `integers from 0 to ${vocabularySize - 1}.`,
  );
}

/** @throws MetricInputError `misaligned-captions` */
export function assertOnePerCandidate(candidates: number, what: string, count: number): void {
  if (count === candidates) return;
  throw new MetricInputError(
    'misaligned-captions',
    `${candidates} candidates but ${count} ${what}. Pass exactly one per candidate, in the same order.`,
  );
}

/** @param isFinished [candidates]; default: all are */
export function nameCandidates(
  candidates: readonly CaptionIds[],
  isFinished?: ArrayLike<boolean>,
): NamedCaption[] {
  if (isFinished) {
    assertOnePerCandidate(candidates.length, 'values of isFinished', isFinished.length);
  }
  return candidates.map((ids, index) => ({
    ids,
    name: () => `candidates[${index}]`,
    isFinished: isFinished?.[index],
  }));
}
