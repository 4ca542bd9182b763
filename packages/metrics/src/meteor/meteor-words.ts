/** The words that METEOR sees in a set of captions, for reading a paraphrase table only as needed. */
import { tokenizeItems, type CaptionContext, type CaptionItem } from '../tokenize-items.js';
import { normalizeForMeteor } from './normalize.js';

/**
 * All words of raw candidates and references after tokenization and METEOR's normalization.
 *
 * @param context as given to `scoreCaptions`
 */
export function meteorWords(
  items: readonly CaptionItem[],
  context: CaptionContext = 'next-caption',
): Set<string> {
  const { candidates, references } = tokenizeItems(items, context);
  const words = new Set<string>();
  for (const captions of [candidates, ...references]) {
    for (const caption of captions) {
      for (const word of normalizeForMeteor(caption).split(' ')) words.add(word);
    }
  }
  words.delete('');
  return words;
}
