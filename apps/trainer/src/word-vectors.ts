/** Pretrained vectors of the words of a vocabulary, from registered files. */
import { vectorsOf, type TrainingWork, type VectorFiles } from '@capgrid/contracts';
import { openVectors, readVectorRows, type FileStore, type Vocabulary } from '@capgrid/data';
import { SPECIAL_COUNT, type WordVectors } from '@capgrid/models';
import { z } from 'zod';

/** Registered vectors cannot be read, or have nothing to do with these captions. */
class VectorsInputError extends Error {
  override readonly name = 'VectorsInputError';
  readonly code = 'vectors-input';
  readonly isRetryable = false;
}

const Words = z.array(z.string());

export interface LoadedVectors {
  readonly vectors: WordVectors;
  /** Of the words of the training captions, 0..1. */
  readonly coverage: number;
}

/**
 * @param captions of the training split
 * @returns null where the embedding starts anew
 * @throws VectorsInputError where rows and words do not go together, or no word has a vector; DataError
 * for a file that is not what was registered
 */
export async function loadVectors(
  { spec, vectors: files }: Pick<TrainingWork, 'spec' | 'vectors'>,
  vocabulary: Vocabulary,
  captions: Iterable<readonly string[]>,
  store: FileStore,
): Promise<LoadedVectors | null> {
  const name = vectorsOf(spec.model)?.name;
  if (name === undefined) return null;
  if (files === null) {
    throw new VectorsInputError(
      `The word vectors "${name}" came without their files. Register them again: capgrid vectors add.`,
    );
  }
  const rows = await readRows(name, files, vocabulary, store);
  const coverage = coveredShare(rows, vocabulary, captions);
  if (coverage === 0) {
    throw new VectorsInputError(
      `No word of the training captions has a vector in "${name}". Use vectors of their language.`,
    );
  }
  const width = rows.find((row) => row !== null)?.length ?? 0;
  return { vectors: { width, rows }, coverage };
}

/** By word id. */
async function readRows(
  name: string,
  { vectorsSha256, wordsSha256 }: VectorFiles,
  vocabulary: Vocabulary,
  store: FileStore,
): Promise<(Float32Array | null)[]> {
  await store.verify(vectorsSha256);
  const file = await openVectors(store.pathOf(vectorsSha256), `The file of the vectors "${name}"`);
  const words = Words.parse(JSON.parse((await store.read(wordsSha256)).toString('utf8')));
  if (words.length !== file.words) {
    throw new VectorsInputError(
      `The word vectors "${name}" have ${file.words} rows for ${words.length} words. Register them again: capgrid vectors add.`,
    );
  }
  const places = vocabulary.words.map(placesIn(words));
  const found = await readVectorRows(
    file,
    places.filter((place) => place !== null),
  );
  const next = found.values();
  return places.map((place, id) => {
    const row = place === null ? null : (next.next().value ?? null);
    if (row === null || row.every(Number.isFinite)) return row;
    throw new VectorsInputError(
      `The vector of "${vocabulary.words[id]}" in "${name}" has a number that is not finite. Register vectors without.`,
    );
  });
}

/**
 * The row of a word of the vocabulary, which is in lower case: the same spelling, or else the first
 * that is it in lower case. Lists begin with the frequent words, so the first of two rows counts.
 */
function placesIn(words: readonly string[]): (word: string) => number | null {
  const exact = firstPlaces(words);
  const lower = firstPlaces(words.map((word) => word.toLowerCase()));
  return (word) => exact.get(word) ?? lower.get(word) ?? null;
}

function firstPlaces(words: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [i, word] of words.entries()) if (!places.has(word)) places.set(word, i);
  return places;
}

function coveredShare(
  rows: WordVectors['rows'],
  vocabulary: Vocabulary,
  captions: Iterable<readonly string[]>,
): number {
  let covered = 0;
  let all = 0;
  for (const tokens of captions) {
    const ids = vocabulary.encode(tokens);
    all += ids.length;
    covered += ids.filter((id) => id >= SPECIAL_COUNT && rows[id] !== null).length;
  }
  return all === 0 ? 0 : covered / all;
}
