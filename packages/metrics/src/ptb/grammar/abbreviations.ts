/** Words that keep their dot. */
import type { Rule } from '../rule.js';
import { plainWord } from '../written-form.js';

/** Stand at the end of a sentence as well: then the dot is also a stop (`etc.` -> `etc. .`). */
const ENDS_SENTENCES = `
  "jan" | "feb" | "mar" | "apr" | "jun" | "jul" | "aug" | "sep" | "sept" | "oct" | "nov" | "dec"
  | "mon" | "tue" | "tues" | "wed" | "thu" | "thurs" | "fri"
  | "ala" | "ariz" | "calif" | "colo" | "conn" | "ct" | "dak" | "fla" | "ga" | "ind" | "kan" | "kans"
  | "ky" | "md" | "mich" | "minn" | "mo" | "mont" | "neb" | "nev" | "okla" | "penn" | "tenn" | "va"
  | "vt" | "wis" | "wisc" | "wyo"
  | [A] ("k" | "rk" | "z") | [D] "el" | [I] "ll" | [L] "a" | [M] ("ass" | "iss") | [O] "re" | [P] "a"
  | [T] "ex" | [W] "ash"
  | "inc" | "co" | "cos" | "corp" | "ltd" | "plc"
  | "jr" | "sr" | "bros" | "blvd" | "rd" | "esq"
  | "etc" | "al" | "seq" | "tel" | "est"`;

/** Titles and the like, which something follows: the dot is never a stop. */
const PRECEDES_NAMES = `
  "mr" | "mrs" | "ms" | "messrs" | "mme" | "mlle" | "dr" | "drs" | "prof" | "profs" | "st" | "ste" | "ave" | "mt"
  | "ft" | "gen" | "lt" | "lieut" | "col" | "maj" | "capt" | "cpl" | "sgt" | "pvt" | "pfc" | "adm" | "cmdr" | "comdr"
  | "rev" | "hon" | "pres" | "gov" | "govs" | "sen" | "sens" | "rep" | "reps" | "supt" | "det" | "insp"
  | "assn" | "asst" | "assoc" | "adj" | "atty" | "attys" | "msgr"
  | "vs" | "cf" | "ph"`;

const NUMBERED = `"ca" | "fig" | "figs" | "prop" | "no" | "nos" | "art" | "pp" | "op" | "bldg"`;

/** Words that begin sentences; with them behind it, the dot of "the letter K." is a stop. */
const SENTENCE_STARTS = [
  'About According Additionally After An A As At But Earlier He Her Here However If In It Last Many',
  'More Mr. Ms. Now Once One Other Our She Since So Some Such That The Their Then There These They',
  'This We When While What Yet You',
]
  .flatMap((line) => line.split(' '))
  .map((word) => `'${word}'`)
  .join(' | ');

export const ABBREVIATIONS: readonly Rule[] = [
  // "U.S. The" -> u.s. . the
  { token: 'acronym', before: `gap (${SENTENCE_STARTS}) (blank | newline)`, rereads: 1 },
  // "the letter K. A" -> k . a
  { token: '[A-Za-z]', before: `"." gap (${SENTENCE_STARTS}) (blank | newline)` },
  // "Jr. is" -> jr. is
  { token: `(${ENDS_SENTENCES}) "."` },
  // "Jr.", "Inc. A" -> inc. . a
  {
    token: `(${ENDS_SENTENCES}) "."`,
    before: String.raw`blank blank | blank* newline | gap [\p{Lu}]`,
    rereads: 1,
  },
  // "Mr. Smith", "U.S.", "K."
  { token: `(${PRECEDES_NAMES} | [A-Za-z]) "."` },
  { token: 'acronym' },
  // Ph.D.
  { token: '"ph.d" "s"? "."' },
  // "no. 5"; "No." is no .
  { token: `(${NUMBERED}) "."`, before: 'blank? digit' },
  // The sentence goes on behind any abbreviation: "bat.," -> bat. ,
  { token: 'word "."', before: String.raw`[,;:\u3001]`, as: plainWord },
];
