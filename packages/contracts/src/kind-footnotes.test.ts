import { expect, test } from 'vitest';
import { findKindFootnotes } from './kind-footnotes.js';
import type { ResultsColumn, ResultsRow } from './results-table.js';
import { SCORE_PRINT } from './score-print.js';
import type { ScoreName } from './scores.js';

function column(score: ScoreName, kinds: [signature: string, rows: number[]][]): ResultsColumn {
  const comparable = kinds.map(([signature, rows]) => ({
    signature,
    label: SCORE_PRINT[score].label,
    rows,
  }));
  return { score, ...SCORE_PRINT[score], isHigherBetter: true, comparable, note: null };
}

function row(mixed: ResultsRow['mixed'] = {}): ResultsRow {
  const seeds = { trialIds: [], seedsFinished: 2, seedsTotal: 2 };
  return { assignment: {}, ...seeds, scores: {}, mixed, missing: [], published: null };
}

test('columns whose rows differ alike share one footnote that says only what differs', () => {
  const columns = [
    column('bleu4', [
      ['BLEU-4|v:1|refs:5-cc|images:200-aa', [0, 1]],
      ['BLEU-4|v:1|refs:5-cc|images:500-bb', [2]],
    ]),
    column('rougeL', [
      ['ROUGE-L|v:1|refs:5-cc|images:200-aa', [0, 1]],
      ['ROUGE-L|v:1|refs:5-cc|images:500-bb', [2]],
    ]),
    column('perplexity', [['Perplexity|v:1|images:200-aa', [0, 1]]]),
  ];

  expect(findKindFootnotes({ rows: [row(), row(), row()] }, columns)).toEqual({
    marks: { bleu4: { 0: 'a', 1: 'a', 2: 'b' }, rougeL: { 0: 'a', 1: 'a', 2: 'b' } },
    footnotes: [
      {
        marks: ['a', 'b'],
        text: 'B@4 and ROUGE-L: values marked a and b cannot be compared with each other; a: images:200-aa; b: images:500-bb.',
      },
    ],
  });
});

test('another way to differ gets marks of its own', () => {
  const columns = [
    column('meteor', [
      ['METEOR (exact)|v:1|mod:exact', [0]],
      ['METEOR|v:1|mod:exact,stem|par:ab', [1]],
    ]),
    column('ciderD', [
      ['CIDEr-D|v:1|idf:test-references', [0]],
      ['CIDEr-D|v:1|idf:given-12', [1]],
    ]),
  ];
  const { marks, footnotes } = findKindFootnotes({ rows: [row(), row()] }, columns);

  expect(marks).toEqual({ meteor: { 0: 'a', 1: 'b' }, ciderD: { 0: 'c', 1: 'd' } });
  expect(footnotes.map(({ text }) => text)).toEqual([
    'METEOR: values marked a and b cannot be compared with each other; a: METEOR (exact), mod:exact; b: METEOR, mod:exact,stem, par:ab.',
    'CIDEr-D: values marked c and d cannot be compared with each other; c: idf:test-references; d: idf:given-12.',
  ]);
});

test('a row without a mean for its seeds is marked, and its reason is told', () => {
  const seeds = ['BLEU-4|refs:5|images:200-aa', 'BLEU-4|refs:5|images:500-bb'];
  const columns = [column('bleu4', [['BLEU-4|refs:5|images:200-aa', [0]]])];

  expect(findKindFootnotes({ rows: [row(), row({ bleu4: seeds })] }, columns)).toEqual({
    marks: { bleu4: { 1: 'a' } },
    footnotes: [
      {
        marks: ['a'],
        text: 'B@4: values marked a have no mean, because their seeds cannot be compared: images:200-aa; images:500-bb.',
      },
    ],
  });
});

test('other references of images with the same ids are told', () => {
  const kinds: [string, number[]][] = [
    ['BLEU-4|v:1|refs:5-cc|images:1000-aa', [0]],
    ['BLEU-4|v:1|refs:5-dd|images:1000-aa', [1]],
  ];
  const { footnotes } = findKindFootnotes({ rows: [row(), row()] }, [column('bleu4', kinds)]);
  expect(footnotes.map(({ text }) => text)).toEqual([
    'B@4: values marked a and b cannot be compared with each other; a: refs:5-cc; b: refs:5-dd.',
  ]);
});

test('columns that are not shown have neither mark nor footnote', () => {
  const kinds: [string, number[]][] = [
    ['BLEU-4|v:1|refs:5-aa|images:1000-cc', [0]],
    ['BLEU-4|v:1|refs:5-bb|images:1000-cc', [1]],
  ];
  expect(findKindFootnotes({ rows: [row(), row()] }, [])).toEqual({ marks: {}, footnotes: [] });
  expect(findKindFootnotes({ rows: [row(), row()] }, [column('bleu4', kinds)]).marks).toEqual({
    bleu4: { 0: 'a', 1: 'b' },
  });
});
