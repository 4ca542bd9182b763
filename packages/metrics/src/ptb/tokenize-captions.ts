/**
 * The tokens that coco-caption scores: Penn Treebank tokens, lower-cased, without punctuation. Each caption
 * comes back as its tokens with one blank between them.
 *
 * coco-caption tokenizes all captions of one side in one file, a line each. So the beginning of a
 * caption can decide whether the caption before it ends in "k." or in "k" (`next-caption`).
 *
 * Deviation: characters other than U+000A that break lines (U+000D, U+000B, U+000C, U+0085, U+2028,
 * U+2029) move every later caption by a line in coco-caption. Here they are blanks, as U+000A is in
 * both. Nor does any token (a tag with a quoted attribute, say) reach into the next caption.
 */
import { assertCaptions, assertContext, assertObject, nameValue } from '../invalid-input.js';
import { MetricInputError } from '../metric-input-error.js';
import { Tokenizer } from './tokenizer.js';

/** Name of this tokenization in signatures of metrics. */
export const PTB_TOKENIZER = 'ptb-3.4.1';

/**
 * The tokens that coco-caption drops. Its list has 17; the other four are the round and curly brackets
 * in upper case, which lower-cased tokens never equal, so brackets stay.
 */
const DROPPED: ReadonlySet<string> = new Set([
  "''",
  "'",
  '``',
  '`',
  '.',
  '?',
  '!',
  ',',
  ':',
  '-',
  '--',
  '...',
  ';',
]);
const NOTHING: ReadonlySet<string> = new Set();
const LINE_BREAKS = /[\n\v\f\r\u0085\u2028\u2029]/g;

export interface TokenizeOptions {
  /** Default `next-caption`; `none` gives `tokenizeCaption` of each. */
  readonly context?: 'next-caption' | 'none';
}

/** One caption, as coco-caption tokenizes a file that holds nothing else but a final line break. */
export function tokenizeCaption(text: string): string {
  const given: unknown = text;
  if (typeof given !== 'string') {
    throw new MetricInputError(
      'invalid-caption',
      `The caption is ${nameValue(given)}; captions are strings, and an empty caption is "".`,
    );
  }
  return tokenizeAlone(text, DROPPED);
}

/** All captions of one side (all candidates or all references) in order; as many come back. */
export function tokenizeCaptions(
  captions: readonly string[],
  options: TokenizeOptions = {},
): string[] {
  assertCaptions('captions', captions);
  assertObject('options', options, 'an object { context }, or nothing');
  assertContext(options.context);
  if (options.context === 'none') return captions.map((caption) => tokenizeAlone(caption, DROPPED));
  if (captions.length === 0) return [];
  return tokenizer().tokenizeLines(captions.map(onOneLine).join('\n'), DROPPED);
}

/** Like `tokenizeCaption` with punctuation kept: what the tokenizer itself answers. */
export function tokenizeWithPunctuation(text: string): string {
  return tokenizeAlone(text, NOTHING);
}

function tokenizeAlone(text: string, dropped: ReadonlySet<string>): string {
  return tokenizer().tokenizeLines(`${onOneLine(text)}\n`, dropped)[0] ?? '';
}

function onOneLine(caption: string): string {
  return caption.replace(LINE_BREAKS, ' ');
}

let made: Tokenizer | null = null;

/** Made at first use: it takes a few milliseconds. */
function tokenizer(): Tokenizer {
  made ??= new Tokenizer();
  return made;
}
