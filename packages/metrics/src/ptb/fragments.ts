/** Named parts of the rules (notation: pattern.ts). A class never holds the line break unless it is `newline`. */
import type { Fragments } from './pattern.js';

export const FRAGMENTS: Fragments = {
  blank: String.raw`[ \t\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]`,
  newline: String.raw`[\n]`,
  gap: '(blank | newline)+',

  // Letters of any script with their combining marks, the soft hyphen, and letters written as entities
  // (&eacute;). Marks around symbols and variation selectors belong to emoji and are no letters.
  letterCharacter: String.raw`[[\p{L}\p{M}\u00AD]--[\u00AA\u00BA\u20D0-\u20FF\uFE00-\uFE0F]]`,
  letterEntity: `"&" [A-Za-z]{1,2} ("acute" | "grave" | "circ" | "uml" | "tilde" | "cedil" | "ring" | "slash" | "lig") ";"`,
  letter: 'letterCharacter | letterEntity',
  nonLetter: String.raw`[^\p{L}\p{M}\u00AD] | newline`,
  digit: String.raw`[\p{Nd}]`,
  alphanumeric: '(letter | digit)',

  // "dog", "H2O", and without white space after the stop also "sentence.Next".
  word: String.raw`letter alphanumeric* ([.!?] letter alphanumeric*)*`,
  // "5", "1,000", "10:30", "-5", ".5"
  sign: String.raw`[+\-]`,
  number: 'sign? (digit+ | digit* ([.:,] digit+)+)',
  // "a.m.", "U.S."
  acronym: '([A-Za-z] ".")+ [A-Za-z] "."',

  apostrophe: String.raw`(['\u2019\u0092] | "&apos;")`,
  hyphen: String.raw`[\-\u2010\u2011]`,
  quote: '[\\u0022] | "&quot;"',
  ampersand: '("&" | "&amp;")',

  // Parts of "well-dressed", "2,000-pound", "U.S.-based"; such things around "/" in "he/she".
  compoundPart: '(word | acronym | digit+ ([.,] digit+)* letter* alphanumeric*)',
  compound: 'compoundPart ((hyphen | "_") compoundPart)+',
  slashPart: '(alphanumeric+ ((hyphen | "_") alphanumeric+)*)',

  tagName: String.raw`[A-Za-z] [A-Za-z0-9:._\-]*`,
  attribute: String.raw`[A-Za-z_] [A-Za-z0-9:._\-]* (blank* "=" blank* attributeValue)?`,
  attributeValue: String.raw`(['] [^']* ['] | [\u0022] [^\u0022]* [\u0022] | [^\s'\u0022<>=]+)`,

  hostName: String.raw`[\p{L}\p{Nd}] [\p{L}\p{Nd}_\-]*`,
  addressCharacter: String.raw`[^\s\u0022<>\(\)\|]`,
  addressEnd: String.raw`[^\s\u0022<>\(\)\|.,;:?!'\u2019]`,
  addressPart: 'addressCharacter* addressEnd',
  mailCharacter: String.raw`[^\s\u0022<>\(\)\|@,;:!?]`,
  fileExtension: `("avi" | "bmp" | "c" | "cpp" | "css" | "csv" | "doc" | "docx" | "exe" | "gif" | "gz" | "h" | "htm" | "html"
    | "java" | "jpeg" | "jpg" | "js" | "mov" | "mp3" | "mp4" | "pdf" | "php" | "png" | "ppt" | "pptx" | "ps" | "py"
    | "sql" | "svg" | "tar" | "tiff" | "txt" | "wav" | "xls" | "xlsx" | "xml" | "zip")`,
  phoneGap: String.raw`[\- \u00A0]`,

  asianEye: String.raw`[\^x=~<>'*\-]`,
};
