import { expect, test } from 'vitest';
import { renderList } from './plain-list.js';
import { printable, printableLines } from './printable.js';

test.each([
  ['demo ± “x” 红', 'demo ± “x” 红'],
  ['a\u001b[2Jb', 'a\\x1b[2Jb'],
  ['a\r\nb\u009b', 'a\\x0d\\x0ab\\x9b'],
  ['a\u202eb', 'a\\u202eb'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('a message keeps its lines', () => {
  expect(printableLines('a\n\u001bb')).toBe('a\n\\x1bb');
});

test('a list keeps control characters of its cells from the terminal', () => {
  const text = renderList(['name'], [['a\u001b]0;title\u0007']], {
    hasBold: false,
    hasUnicode: false,
  });

  expect(text).toContain('a\\x1b]0;title\\x07');
  expect(text).not.toContain('\u001b');
});
