/**
 * Finds the words of a predicted caption that no reference has: a wrong count or colour stands out
 * among them, and so does a right word that nobody happened to use.
 */
export type CaptionWord = { text: string; isUnseen: boolean };

export function markUnseenWords(caption: string, references: readonly string[]): CaptionWord[] {
  const seen = new Set(references.flatMap((reference) => reference.split(/\s+/).flatMap(readings)));
  return caption
    .split(/\s+/)
    .filter((text) => text !== '')
    .map((text) => {
      const bare = bareWord(text);
      return { text, isUnseen: bare !== '' && !seen.has(bare) };
    });
}

/** People write "man's" and "black-and-white" where a model may have words of the parts. */
function readings(word: string): string[] {
  return [bareWord(word), ...word.toLowerCase().split(/[^\p{L}\p{N}]+/u)];
}

/** Lower case, without the punctuation around the word. */
function bareWord(word: string): string {
  return word.toLowerCase().replace(/^[^\p{L}\p{N}<]+|[^\p{L}\p{N}>]+$/gu, '');
}
