/** Quotes, dashes, stops, brackets, smileys and single symbols. */
import type { Rule } from '../rule.js';
import { namedBrackets } from '../written-form.js';

export const PUNCTUATION: readonly Rule[] = [
  // "STOP" -> `` stop ''
  { token: `quote`, before: String.raw`letterCharacter | digit | "$"`, as: '``' },
  { token: 'quote', as: "''" },
  { token: String.raw`"` + '``' + String.raw`" | [\u201C\u0093\u00AB]`, as: '``' },
  { token: String.raw`apostrophe{2} | [\u201D\u0094\u00BB]`, as: "''" },
  // 'stop -> ` stop; a' -> a '
  { token: 'apostrophe', before: String.raw`[\p{L}] [^ \t\u00A0]`, as: '`' },
  { token: '"`" | ' + String.raw`[\u2018\u0091\u201B\u2039]`, as: '`' },
  { token: String.raw`apostrophe | [\u203A]`, as: "'" },

  // a--b, a---b, a – b
  { token: '"-" | "-" "-" "-" "-" "-"+' },
  { token: `"-"{2,4}`, as: '--' },
  { token: String.raw`[\u2012-\u2015\u0096\u0097] | "&" [mMnN] "dash;"`, as: '--' },

  // ... is 3 to 5 dots
  { token: String.raw`"."{3,5} | "." ([ \u00A0] "."){2,4} | [\u2026]`, as: '...' },
  { token: '"."' },
  // ?!, !!!
  { token: '[?!]+' },

  // (a) -> -lrb- a -rrb-; the names themselves stay
  { token: String.raw`[\(\)\[\]\{\}]`, as: namedBrackets },
  { token: `"-" ("l" | "r") ("r" | "s" | "c") "b-"` },
  // :) ;-) =D :'(
  {
    token: String.raw`[:;=] [\-o*']? [\(\)DPdpO\\\{@\|\[\]]`,
    before: 'nonLetter',
    as: namedBrackets,
  },
  // ^_^ (^_^)
  { token: 'asianEye "_" asianEye | "(" asianEye "_" asianEye ")"', as: namedBrackets },

  // **, __, @@, ##
  { token: '"*"+ | "_"+ | "@"+ | "#"+' },
  // Any other sign. U+2010 alone, letter-like numbers and squared units are unknown.
  {
    token: String.raw`[[\p{P}\p{S}\p{No}\u00AA\u00BA]--[\u2010\u3200-\u33FF\uFFF0-\uFFFF]]`,
  },
];
