import { checkSweep, expandSweep, type Assignment, type PublishedRow } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { findPublished } from './find-published.js';

const checked = checkSweep({
  name: 'table 4',
  dataset: 'scenes',
  base: { encoder: { kind: 'scenes-cnn' }, decode: { beam: 3 } },
});
const SPECS = checked.isValid ? expandSweep(checked.spec).cells.map(({ spec }) => spec) : [];

function row(
  source: string,
  dataset?: string,
  match: Assignment = { 'decode.beam': 3 },
): PublishedRow {
  const table = { title: 'Table 4', url: 'https://example.org', data: 'images', notes: [] };
  return {
    source,
    match,
    scores: { bleu4: 0.3 },
    ...(dataset === undefined ? {} : { table: { ...table, dataset } }),
  };
}

const FLICKR = row('Flickr30k', 'flickr30k');
const COCO = row('COCO', 'coco');
const found = (rows: PublishedRow[], dataset: string) =>
  findPublished(rows, SPECS, dataset)?.source;

test('of rows that agree alike, that of the dataset of the sweep stands beside the cell', () => {
  expect(found([FLICKR, COCO], 'coco')).toBe('COCO');
  expect(found([FLICKR, COCO], 'coco-2014.small')).toBe('COCO');
  expect(found([COCO, FLICKR], 'flickr30k')).toBe('Flickr30k');
});

test('where they are of several other datasets, none does', () => {
  expect(found([FLICKR, COCO], 'flickr8k')).toBeUndefined();
  expect(found([FLICKR, COCO], 'cocoa')).toBeUndefined();
});

test('rows of one other dataset, or of none that is named, do all the same', () => {
  expect(found([COCO, row('second', 'coco')], 'flickr8k')).toBe('COCO');
  expect(found([FLICKR, COCO, row('own row')], 'flickr8k')).toBe('own row');
});

test('the dataset counts before the number of options', () => {
  const closer = row('closer', 'flickr30k', { ...COCO.match, 'decode.maxWords': 30 });
  expect(found([closer, COCO], 'coco')).toBe('COCO');
  expect(found([closer, COCO], 'scenes')).toBeUndefined();
  expect(found([closer, FLICKR], 'scenes')).toBe('closer');
});

test('a row that differs from the cell never does', () => {
  expect(found([row('beam 5', 'coco', { 'decode.beam': 5 })], 'coco')).toBeUndefined();
  expect(found([{ ...COCO, match: null }], 'coco')).toBeUndefined();
});
