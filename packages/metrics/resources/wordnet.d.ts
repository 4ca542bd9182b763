/** What `compile.mjs` writes to `dist/wordnet.js`. `src/meteor/word-tables.ts` reads it. */

/** WordNet's release and a hash of the three tables below, for instance `wordnet-3.0-1a2b3c4d`. */
export const version: string;

/**
 * Words in ascending order of their UTF-16 codes, each written as one of A to Z, which says how many
 * characters it shares with the word before it (A is 0), and the rest of it.
 */
export const words: string;

/**
 * The synsets of each word, parted by blanks, in the order of `words`: how many the words before it do
 * not have (base 36, nothing for 0), which are numbered on from there, then a dot and the numbers of
 * the others (3 characters of A-Za-z0-9+/ each, ascending), if there are any.
 */
export const synsets: string;

/** Irregular forms, one a line: the form and its bases, parted by blanks. */
export const exceptions: string;
