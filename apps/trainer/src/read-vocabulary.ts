/** The vocabulary a training wrote beside its weights. */
import type { Sha256 } from '@capgrid/contracts';
import { Vocabulary, type FileStore } from '@capgrid/data';
import { z } from 'zod';

const VocabularyFile = z.object({ words: z.array(z.string()) });

export async function readVocabulary(store: FileStore, sha256: Sha256): Promise<Vocabulary> {
  const bytes = await store.read(sha256);
  return new Vocabulary(VocabularyFile.parse(JSON.parse(bytes.toString('utf8'))).words);
}
