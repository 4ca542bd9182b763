/** How common n-grams are among images: what CIDEr weights them by. */
import { readCaptionWords, type CaptionWords } from './caption-words.js';
import { assertReferenceLists, invalidInput, isRecord } from './invalid-input.js';
import { MetricInputError } from './metric-input-error.js';
import { MAX_ORDER, ngramTexts, readNgrams, type Ngrams } from './ngrams.js';

/** Counted once, it can score many batches against the same corpus. */
export interface DocumentFrequencies {
  /** Images in the corpus. */
  readonly documentCount: number;
  /** n-gram of order 1..4 -> images with at least one reference that contains it. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Counts in how many images each n-gram occurs; candidates never count. */
export function countDocumentFrequencies(
  references: readonly (readonly string[])[],
): DocumentFrequencies {
  assertReferenceLists(references);
  const ngrams = readNgrams(
    readCaptionWords(
      references.map(() => ''),
      references,
    ),
  );
  const frequencies = imagesPerNgram(ngrams);
  const counts = new Map<string, number>();
  for (const [id, text] of ngramTexts(ngrams).entries()) counts.set(text, frequencies[id] ?? 0);
  return { documentCount: references.length, counts };
}

/** idf per n-gram id; frequencies default to those of the run's own references. */
export function inverseDocumentFrequencies(
  ngrams: Ngrams<CaptionWords>,
  given?: DocumentFrequencies,
): Float64Array {
  if (given !== undefined) assertFrequencies(given);
  const documentCount = given?.documentCount ?? ngrams.captions.images;
  if (!(documentCount >= 1 && documentCount < Infinity)) {
    throw new MetricInputError(
      'invalid-document-count',
      `documentFrequencies.documentCount is ${documentCount}; it counts the images behind the ` +
        'frequencies and must be finite and 1 or more.',
    );
  }
  const frequencies =
    given === undefined
      ? imagesPerNgram(ngrams)
      : Float64Array.from(ngramTexts(ngrams), (text) => given.counts.get(text) ?? 0);
  return idfOf(frequencies, documentCount);
}

/** ln(documents / documents with the n-gram); one that no document has counts as if one had it. */
export function idfOf(frequencies: Int32Array | Float64Array, documentCount: number): Float64Array {
  const logDocuments = Math.log(documentCount);
  return Float64Array.from(frequencies, (count) => logDocuments - Math.log(Math.max(1, count)));
}

function assertFrequencies(given: unknown): void {
  if (isRecord(given) && given['counts'] instanceof Map) return;
  throw invalidInput('documentFrequencies', given, 'what countDocumentFrequencies makes');
}

/** In how many images each n-gram occurs, by its id; candidates never count. */
export function imagesPerNgram(ngrams: Ngrams): Int32Array {
  const { ids, count } = ngrams;
  const { images, firstCaption, firstWord } = ngrams.captions;
  const frequencies = new Int32Array(count);
  const lastSeen = new Int32Array(count).fill(-1); // image
  for (let image = 0; image < images; image += 1) {
    const from = MAX_ORDER * (firstWord[(firstCaption[image] ?? 0) + 1] ?? 0);
    const to = MAX_ORDER * (firstWord[firstCaption[image + 1] ?? 0] ?? 0);
    for (let at = from; at < to; at += 1) {
      const id = ids[at] ?? -1;
      if (id < 0 || lastSeen[id] === image) continue;
      lastSeen[id] = image;
      frequencies[id] = (frequencies[id] ?? 0) + 1;
    }
  }
  return frequencies;
}
