/** Puts word vectors into the store: a safetensors file, and a JSON list with the word of each row. */
import { readFile } from 'node:fs/promises';
import type { VectorFiles } from '@capgrid/contracts';
import { z } from 'zod';
import { DataError } from '../data-error.js';
import type { FileStore } from '../file-store.js';
import { beginsAsSafetensors } from '../safetensors/read-header.js';
import { openVectors } from './vectors-file.js';
import { asSafetensors, readVectorWords } from './vectors-text.js';

export interface ImportedVectors extends VectorFiles {
  readonly words: number;
  /** Numbers of a vector. */
  readonly width: number;
}

/** The list alone, or under the name `words`. */
const WordsFile = z
  .union([z.array(z.string()), z.looseObject({ words: z.array(z.string()) })])
  .transform((given) => (Array.isArray(given) ? given : given.words));

/**
 * @param vectorsPath safetensors; text where there is no `wordsPath`
 * @throws DataError `vectors-invalid`
 */
export async function importVectors(
  store: FileStore,
  vectorsPath: string,
  wordsPath: string | null,
): Promise<ImportedVectors> {
  if (wordsPath === null) {
    if (await beginsAsSafetensors(vectorsPath)) {
      throw new DataError(
        'vectors-invalid',
        `${vectorsPath} is a safetensors file, which has no words. Add --words with a JSON list of the word of each row.`,
      );
    }
    const text = await readVectorWords(vectorsPath);
    const vectorsSha256 = await store.putStream(asSafetensors(text));
    const { words, width } = text;
    return { vectorsSha256, wordsSha256: await putWords(store, words), words: words.length, width };
  }
  const words = await readWords(wordsPath);
  const vectors = await openVectors(vectorsPath);
  if (vectors.words !== words.length) {
    throw new DataError(
      'vectors-invalid',
      `${vectorsPath} has ${vectors.words} vectors, ${wordsPath} has ${words.length} words. Give one word for each row.`,
    );
  }
  const vectorsSha256 = await store.putFile(vectorsPath);
  const { width } = vectors;
  return { vectorsSha256, wordsSha256: await putWords(store, words), words: words.length, width };
}

async function readWords(path: string): Promise<string[]> {
  const parsed = WordsFile.safeParse(parseJson(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new DataError(
    'vectors-invalid',
    `${path} is no list of words. Give a JSON list, or an object with the list "words".`,
  );
}

function putWords(store: FileStore, words: readonly string[]): Promise<string> {
  return store.put(new TextEncoder().encode(JSON.stringify(words)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
