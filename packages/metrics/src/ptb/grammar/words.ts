/** Words, and words that are split or kept whole around an apostrophe. */
import type { Rule } from '../rule.js';
import { plainWord } from '../written-form.js';

/** Rules that must win over an ordinary word of the same length. */
export const SPLIT_WORDS: readonly Rule[] = [
  // Programming languages: c++, C#.
  { token: '"c++" | "c#" | "f#"' },
  // Two words written as one: cannot -> can not, gonna -> gon na.
  { token: '"can"', before: '"not"' },
  { token: '"gon"', before: '"na"' },
  { token: '"wan"', before: '"na"' },
  { token: '"got"', before: '"ta"' },
  { token: '"lem"', before: '"me"' },
  { token: '"gim"', before: '"me"' },
  // 'tis -> 't is
  { token: 'apostrophe "t"', before: '"is" nonLetter', as: plainWord },
  { token: 'apostrophe "t"', before: '"was" nonLetter', as: plainWord },
];

export const WORDS: readonly Rule[] = [
  // dog; the same as the next rule, but written as it stands
  { token: '[A-Za-z]+' },
  // H2O, Café, end.of.sentence.Next, hey!you, &eacute;
  { token: 'word', as: plainWord },
  // don't -> do n't
  { token: 'word', before: String.raw`"n" ['\u2019\u0092] "t"`, as: plainWord },
  { token: 'word', before: '"n&apos;t"', as: plainWord },
  { token: '"n" apostrophe "t"', as: plainWord },
  // dog's -> dog 's; a letter behind means that it is none: 'stop
  {
    token: 'apostrophe ("s" | "m" | "d" | "re" | "ve" | "ll")',
    before: 'nonLetter',
    as: plainWord,
  },
];

export const APOSTROPHE_WORDS: readonly Rule[] = [
  // rock 'n' roll, more'n
  { token: 'apostrophe "n" apostrophe', as: plainWord },
  {
    token: 'apostrophe ("n" | "em" | "til" | "till" | "cause")',
    before: 'nonLetter',
    as: plainWord,
  },
  // '90s, '14; but the inches of 5'10" are none
  {
    token: 'apostrophe digit{2} "s"?',
    before: String.raw`[^\p{L}\p{M}\p{Nd}\u0022\u201D'\u2019] | newline`,
    as: plainWord,
  },
  // ol' man, Dunkin' Donuts
  { token: '("ol" | "dunkin") apostrophe', as: plainWord },
  // c'mon, nor'easter, s'mores, li'l
  {
    token: `"c" apostrophe "mon" | "nor" apostrophe "easter" | "s" apostrophe "more" "s"?
            | "li" apostrophe "l"`,
    as: plainWord,
  },
  // Prefixes of one letter: o'clock, d'accord, l'homme, O'Connor, N'Sync
  { token: '[dDlLjJoO] apostrophe letterCharacter+', as: plainWord },
  { token: '[A-HK-RT-XZ] apostrophe letterCharacter{2} letterCharacter*', as: plainWord },
  // Between vowels: ma'am, Hawai'i, ne'er
  {
    token: 'letterCharacter* [aeiouAEIOU] apostrophe [aeiouAEIOU] letterCharacter*',
    as: plainWord,
  },
  // y'all -> y' all
  { token: '"y" apostrophe', before: 'letterCharacter', as: plainWord },
];

export const COMPOUNDS: readonly Rule[] = [
  // 2nd, 3D, 2x4
  { token: 'digit alphanumeric*', as: plainWord },
  // well-dressed, 10-year-old, 3-4, A-1, snake_case, U.S.-based
  { token: 'compound', as: plainWord },
  // his/her, 9/11, 12/25/2014, cathedral/clock-tower
  { token: 'slashPart ("/" slashPart)+', as: plainWord },
  // pro- life, anti-
  { token: '("pro" | "anti") "-"' },
  // AT&T, M&M, R&amp;B; upper case only
  { token: '[A-Z]+ ampersand [A-Z]+', as: plainWord },
];
