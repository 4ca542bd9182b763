/** Pretrained vectors of the words of a vocabulary, from registered files. */
import { vectorsOf, type TrainingWork } from '@capgrid/contracts';
import type { FileStore, Vocabulary } from '@capgrid/data';
import {
  decodeSafetensors,
  SPECIAL_COUNT,
  type NamedArray,
  type WordVectors,
} from '@capgrid/models';
import { z } from 'zod';
import { readBytes } from './read-bytes.js';

/** Registered vectors cannot be read, or have nothing to do with these captions. */
export class VectorsInputError extends Error {
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
 * @throws VectorsInputError where rows and words do not go together, or no word has a vector
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
  const { arrays } = decodeSafetensors(await readBytes(store, files.vectorsSha256));
  const table = arrays.find((array) => array.name === 'vectors');
  const words = Words.safeParse(JSON.parse((await store.read(files.wordsSha256)).toString('utf8')));
  const [count = 0, width = 0] = table?.shape ?? [];
  if (table?.shape.length !== 2 || !words.success || words.data.length !== count) {
    throw new VectorsInputError(
      `The word vectors "${name}" are not one row for each word. Register them again: capgrid vectors add.`,
    );
  }
  const places = placesOf(words.data);
  const rows = vocabulary.words.map((word) => {
    const place = places(word);
    return place === null ? null : readRow(name, word, table, place);
  });
  const coverage = coveredShare(rows, vocabulary, captions);
  if (coverage === 0) {
    throw new VectorsInputError(
      `No word of the training captions is among the ${count} of the word vectors "${name}". Use vectors of their language.`,
    );
  }
  return { vectors: { width, rows }, coverage };
}

/**
 * The row of a word of the vocabulary, which is in lower case: the same spelling, or else the first
 * that is it in lower case. Lists begin with the frequent words, so the first of two rows counts.
 */
function placesOf(words: readonly string[]): (word: string) => number | null {
  const exact = firstPlaces(words);
  const lower = firstPlaces(words.map((word) => word.toLowerCase()));
  return (word) => exact.get(word) ?? lower.get(word) ?? null;
}

function firstPlaces(words: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [i, word] of words.entries()) if (!places.has(word)) places.set(word, i);
  return places;
}

function readRow(
  name: string,
  word: string,
  { values, shape: [, width = 0] }: NamedArray,
  place: number,
): Float32Array {
  const row = values.slice(place * width, (place + 1) * width);
  if (row.every(Number.isFinite)) return row;
  throw new VectorsInputError(
    `The vector of "${word}" in "${name}" has a number that is not finite. Register vectors without.`,
  );
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
