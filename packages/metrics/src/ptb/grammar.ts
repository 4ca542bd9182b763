/**
 * The Penn Treebank tokenizer of Stanford CoreNLP 3.4.1, as coco-caption runs it, described by its
 * behaviour: recorded outputs and docs/metrics.md.
 *
 * At each position the rule that covers most text wins (`before` counts), the earlier one on ties.
 * White space and characters that no rule knows separate tokens and are dropped.
 */
import { ABBREVIATIONS } from './grammar/abbreviations.js';
import { MARKUP } from './grammar/markup.js';
import { NUMBERS } from './grammar/numbers.js';
import { PUNCTUATION } from './grammar/punctuation.js';
import { FILE_NAMES, WEB } from './grammar/web.js';
import { APOSTROPHE_WORDS, COMPOUNDS, SPLIT_WORDS, WORDS } from './grammar/words.js';
import type { Rule } from './rule.js';

export const RULES: readonly Rule[] = [
  ...SPLIT_WORDS,
  ...MARKUP,
  ...WORDS,
  ...APOSTROPHE_WORDS,
  ...WEB,
  ...NUMBERS,
  ...ABBREVIATIONS,
  ...PUNCTUATION,
  ...COMPOUNDS,
  ...FILE_NAMES,
];
