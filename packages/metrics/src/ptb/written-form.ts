/** How the tokenizer writes what a rule covers. */

/** One form of the apostrophe, no soft hyphens, "&" without its entity: `don’t` is `don't`. */
export function plainWord(covered: string): string {
  return covered
    .replace(/\u00AD/g, '')
    .replace(/[\u2019\u0092]|&apos;/gi, "'")
    .replace(/&amp;/gi, '&');
}

/** White space inside a token becomes U+00A0, so that the token stays one: `5 3/4`. */
export function withoutBlanks(covered: string): string {
  return covered.replace(/\s/g, '\u00A0');
}

const BRACKETS: ReadonlyMap<string, string> = new Map([
  ['(', '-LRB-'],
  [')', '-RRB-'],
  ['[', '-LSB-'],
  [']', '-RSB-'],
  ['{', '-LCB-'],
  ['}', '-RCB-'],
]);

/** Penn Treebank names of brackets: `(` is `-LRB-`, `:)` is `:-RRB-`. */
export function namedBrackets(covered: string): string {
  return covered.replace(/[()[\]{}]/g, (bracket) => BRACKETS.get(bracket) ?? bracket);
}
