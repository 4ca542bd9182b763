/**
 * Text of a user or the API as a terminal may show it: control characters, which could clear the
 * screen or write a title, become `\x1b` and the like, and so do the marks that turn the direction of
 * writing. Line ends too, as a name has none.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** The same for a message of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
