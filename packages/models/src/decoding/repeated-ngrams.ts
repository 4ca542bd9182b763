/** Which next words would repeat an n-gram of a caption (Paulus et al. 2018). */

/** Words that would end an `order`-gram that `tokens` has already; none for order 0. */
export function repeatingWords(tokens: readonly number[], order: number): ReadonlySet<number> {
  const words = new Set<number>();
  if (order === 0) return words;
  const begun = tokens.slice(tokens.length - (order - 1));
  if (begun.length < order - 1) return words;
  for (let start = 0; start + order <= tokens.length; start += 1) {
    const word = tokens[start + order - 1];
    if (word !== undefined && begun.every((token, i) => tokens[start + i] === token)) {
      words.add(word);
    }
  }
  return words;
}

/** The most that `repeatingWords` can name: one for each n-gram of a caption of so many words. */
export function mostRepeatingWords(words: number, order: number): number {
  return order === 0 ? 0 : Math.max(0, words - order + 1);
}
