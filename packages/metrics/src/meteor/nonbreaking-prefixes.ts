/**
 * Words whose final dot does not end a sentence, from METEOR 1.5's English list. The list spells
 * titles and the like in upper case, and captions are in lower case when they get here, so these few
 * are all that can match. Its `i.e` and `e.g` have inner dots, and such words lose every dot before
 * the list is asked.
 */
export const NONBREAKING_PREFIXES: ReadonlySet<string> = new Set(['v', 'vs', 'rev']);

/** Only when the next word starts with a digit: `pp. 12`. */
export const NONBREAKING_PREFIXES_BEFORE_DIGITS: ReadonlySet<string> = new Set(['pp']);
