/** WordNet's rules of detachment, as METEOR applies them: parts of speech one after another. */

/** Ending and what takes its place, in the order in which they are tried. */
const RULES: readonly (readonly [ending: string, replacement: string])[] = [
  // nouns
  ['s', ''],
  ['ses', 's'],
  ['xes', 'x'],
  ['zes', 'z'],
  ['ches', 'ch'],
  ['shes', 'sh'],
  ['men', 'man'],
  ['ies', 'y'],
  // verbs
  ['s', ''],
  ['ies', 'y'],
  ['es', 'e'],
  ['es', ''],
  ['ed', 'e'],
  ['ed', ''],
  ['ing', 'e'],
  ['ing', ''],
  // adjectives
  ['er', ''],
  ['est', ''],
  ['er', 'e'],
  ['est', 'e'],
];

/** Shorter words, and words in -ss, are their own base. */
const MIN_LENGTH = 3;

/** The first base of `word` that the dictionary has; null where no rule leads to one. */
export function morph(word: string, isInDictionary: (base: string) => boolean): string | null {
  if (word.length < MIN_LENGTH || word.endsWith('ss')) return word;
  for (const [ending, replacement] of RULES) {
    if (!word.endsWith(ending)) continue;
    const base = word.slice(0, -ending.length) + replacement;
    if (isInDictionary(base)) return base;
  }
  return null;
}
