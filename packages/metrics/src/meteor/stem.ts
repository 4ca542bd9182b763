/** Snowball's English stemmer (Porter2), which METEOR's stem module compares words by. */
import { newStemmer } from 'snowball-stemmers';

/** A stemmer that remembers: captions repeat a small vocabulary. */
export function createStemmer(): (word: string) => string {
  const stemmer = newStemmer('english');
  const known = new Map<string, string>();
  return (word) => {
    let stem = known.get(word);
    if (stem === undefined) {
      stem = stemmer.stem(word);
      known.set(word, stem);
    }
    return stem;
  };
}
