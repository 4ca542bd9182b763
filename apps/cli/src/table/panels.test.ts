import { expect, test } from 'vitest';
import { renderPanels, type Panel } from './panels.js';

const HEADS: Panel = {
  columns: [{ label: 'attention', group: null, align: 'left' }],
  rows: [[{ text: 'mlp' }]],
};
const BODY: Panel = {
  columns: ['B@1', 'B@4', 'METEOR (exact, stem, synonym)'].map((label) => ({
    label,
    group: null,
    align: 'right' as const,
  })),
  rows: [[{ text: '71.3' }, { text: '27.1' }, { text: '25.0' }]],
};
const PLAIN = { hasBold: false, hasUnicode: false };

test('without a width the table is one, and a long heading has two lines', () => {
  expect(`\n${renderPanels(HEADS, BODY, PLAIN)}\n`).toBe(`
=====================================
                       METEOR (exact,
attention   B@1   B@4  stem, synonym)
-------------------------------------
mlp        71.3  27.1            25.0
=====================================
`);
});

test('a narrow terminal first makes headings narrow', () => {
  expect(`\n${renderPanels(HEADS, BODY, { ...PLAIN, width: 36 })}\n`).toBe(`
===============================
                         METEOR
                        (exact,
                          stem,
attention   B@1   B@4  synonym)
-------------------------------
mlp        71.3  27.1      25.0
===============================
`);
});

test('then the columns go on below, each part with the heads of its rows', () => {
  expect(`\n${renderPanels(HEADS, BODY, { ...PLAIN, width: 30 })}\n`).toBe(`
=====================
attention   B@1   B@4
---------------------
mlp        71.3  27.1
=====================

=========================
           METEOR (exact,
attention  stem, synonym)
-------------------------
mlp                  25.0
=========================
`);
});

test('a column wider than the terminal stands alone', () => {
  const rules = renderPanels(HEADS, BODY, { ...PLAIN, width: 12 }).match(/^=+$/gm);
  expect(rules?.map((rule) => rule.length)).toEqual([15, 15, 15, 15, 19, 19]);
});
