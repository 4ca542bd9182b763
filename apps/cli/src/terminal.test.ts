import { expect, test } from 'vitest';
import { openTerminal } from './terminal.js';

function open(options: { isTTY?: boolean; columns?: number; wantsColour?: boolean } = {}) {
  const { isTTY = true, columns = 80, wantsColour = true } = options;
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const streams = { stdout: output('stdout'), stderr: output('stderr') };
  return { terminal: openTerminal({ ...streams, wantsColour }), written };
}

test('results go to stdout, messages to stderr', () => {
  const { terminal, written } = open();
  terminal.print('table');
  terminal.tell('done');

  expect(written).toEqual({ stdout: 'table\n', stderr: 'done\n' });
});

test('drawn lines are replaced, and make room for a message', () => {
  const { terminal, written } = open();
  terminal.redraw(['a', 'b']);
  terminal.redraw(['c']);
  terminal.tell('said');

  expect(written.stderr).toBe('a\nb\n\u001b[2A\u001b[Jc\n\u001b[1A\u001b[Jsaid\n');
});

test('the same lines are not drawn again', () => {
  const { terminal, written } = open();
  terminal.redraw(['a']);
  terminal.redraw(['a']);

  expect(written.stderr).toBe('a\n');
});

test.each([
  [10, 'abcdefghi\n'],
  [0, 'abcdefghijklmnop\n'],
])('a line is cut to a terminal %d columns wide, 0 meaning unknown', (columns, expected) => {
  const { terminal, written } = open({ columns });
  terminal.redraw(['abcdefghijklmnop']);

  expect(written.stderr).toBe(expected);
});

test('without a terminal nothing is drawn and nothing is bold', () => {
  const { terminal, written } = open({ isTTY: false });
  terminal.redraw(['a']);

  expect(written.stderr).toBe('');
  expect(terminal.hasStyle).toBe(false);
});

test('NO_COLOR keeps bold away from a terminal', () => {
  expect(open({ wantsColour: false }).terminal.hasStyle).toBe(false);
});

test('lines have a width only in a terminal that tells it', () => {
  expect(open({ columns: 132 }).terminal.columns).toBe(132);
  expect(open({ columns: 0 }).terminal.columns).toBeNull();
  expect(open({ columns: 132, isTTY: false }).terminal.columns).toBeNull();
});
