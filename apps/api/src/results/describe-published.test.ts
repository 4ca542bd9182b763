import type { PublishedRow } from '@capgrid/contracts';
import { expect, test } from 'vitest';
import { describePublished } from './describe-published.js';

function row(source: string, of: string | null, note?: string): PublishedRow {
  const table = {
    title: `Table of ${of}`,
    url: 'https://example.org',
    data: `${of}, Karpathy splits`,
    notes: ['One run each.', ...(of === 'COCO' ? ['The flag is inverted.'] : [])],
  };
  return {
    source,
    match: null,
    scores: {},
    ...(note === undefined ? {} : { note }),
    ...(of === null ? {} : { table }),
  };
}

test('each table has a paragraph, with notes of its rows, and both have one', () => {
  const rows = [
    row('SAT', 'Flickr30k'),
    row('Up-down', 'COCO', 'the ResNet baseline.'),
    row('LRCN', 'COCO'),
  ];
  expect(describePublished(rows)).toEqual([
    'Table of Flickr30k (Flickr30k, Karpathy splits).',
    'Table of COCO (COCO, Karpathy splits). The flag is inverted. Up-down: the ResNet baseline.',
    'Both tables: One run each.',
  ]);
});

test('what a single table says stands in its paragraph alone', () => {
  expect(describePublished([row('SAT', 'Flickr30k'), row('LRCN', 'Flickr30k')])).toEqual([
    'Table of Flickr30k (Flickr30k, Karpathy splits). One run each.',
  ]);
});

test('of more than two tables, what some say names them', () => {
  const rows = [row('SAT', 'Flickr30k'), row('SAT', 'COCO'), row('SAT', 'Flickr8k')];
  expect(describePublished(rows).at(-1)).toBe('All 3 tables: One run each.');
  const other = row('SAT', 'Flickr8k');
  const without = { ...other, table: { ...other.table!, notes: [] } };
  expect(describePublished([...rows.slice(0, 2), without]).at(-1)).toBe(
    'Table of Flickr30k; Table of COCO: One run each.',
  );
});

test('rows without a table have what they say themselves', () => {
  expect(describePublished([row('SAT', null)])).toEqual([]);
  expect(describePublished([row('SAT', null, 'as told by its authors.')])).toEqual([
    'SAT: as told by its authors.',
  ]);
});
