import { expect, it } from 'vitest';
import { readCaptionIds, readImageIds } from './caption-ids.js';
import { CiderDSpace } from './cider-d-space.js';
import { readNgrams } from './ngrams.js';

it('forgets the n-grams of one batch at the next, so that training takes no more and more room', () => {
  const options = { vocabularySize: 50 };
  const corpus = readNgrams(readImageIds([[[0, 1]], [[1, 2]]], options));
  const space = new CiderDSpace(corpus);
  for (const word of [10, 20, 30]) {
    const ids = Array.from({ length: 10 }, (_, at) => word + at);
    const vectors = space.read(readCaptionIds([{ ids, name: () => 'caption' }], options));
    // 9 pairs, 8 triples and 7 4-grams that the corpus does not have
    expect(Math.max(...vectors.ids) + 1).toBe(corpus.count + 9 + 8 + 7);
  }
});
