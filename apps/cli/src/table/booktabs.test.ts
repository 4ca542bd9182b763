import { expect, test } from 'vitest';
import { renderTable, type TextColumn } from './booktabs.js';

const COLUMNS: TextColumn[] = [
  { label: 'attention', group: null, align: 'left' },
  { label: 'B@1', group: 'BLEU', align: 'right' },
  { label: 'B@4', group: 'BLEU', align: 'right' },
  { label: 'C', group: null, align: 'right' },
];
const ROWS = [
  [{ text: 'none' }, { text: '70.1' }, { text: '8.2' }, { text: '101.0', isBold: true }],
  [{ text: 'mlp' }, { text: '71.3', isBold: true }, { text: '27.1', isBold: true }, { text: '–' }],
];

test('rules are three, groups span their columns, a star marks the best without bold', () => {
  expect(`\n${renderTable(COLUMNS, ROWS, { hasBold: false, hasUnicode: true })}\n`).toBe(`
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
               BLEU
           ────────────
attention   B@1    B@4       C
───────────────────────────────
none       70.1    8.2   101.0*
mlp        71.3*  27.1*      –
━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
`);
});

test('in a terminal the best is bold and no star takes room', () => {
  const text = renderTable(COLUMNS, ROWS, { hasBold: true, hasUnicode: true });

  expect(text).toContain('\u001b[1m71.3\u001b[22m  \u001b[1m27.1\u001b[22m      –');
  expect(text).not.toContain('*');
});

test('without unicode every character is ASCII', () => {
  const rows = ROWS.map((row) => row.filter(({ text }) => text !== '–'));

  expect(renderTable(COLUMNS, rows, { hasBold: false, hasUnicode: false })).toMatch(/^[ -~\n]+$/);
});

test('a group heading longer than its columns widens the last of them', () => {
  const columns: TextColumn[] = [
    { label: 'a', group: 'a long heading', align: 'right' },
    { label: 'b', group: 'a long heading', align: 'right' },
  ];
  const lines = renderTable(columns, [[{ text: '1' }, { text: '2' }]], {
    hasBold: false,
    hasUnicode: false,
  }).split('\n');

  expect(lines[1]).toBe('a long heading');
  expect(lines[3]).toBe('a            b');
});
