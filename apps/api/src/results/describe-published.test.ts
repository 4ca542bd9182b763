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

test('each table has a paragraph, with notes of its rows, and nothing is said twice', () => {
  const rows = [
    row('SAT', 'Flickr30k'),
    row('Up-down', 'COCO', 'the ResNet baseline.'),
    row('LRCN', 'COCO'),
  ];
  expect(describePublished(rows)).toEqual([
    'Table of Flickr30k (Flickr30k, Karpathy splits). One run each.',
    'Table of COCO (COCO, Karpathy splits). The flag is inverted. Up-down: the ResNet baseline.',
  ]);
});

test('rows without a table have what they say themselves', () => {
  expect(describePublished([row('SAT', null)])).toEqual([]);
  expect(describePublished([row('SAT', null, 'as told by its authors.')])).toEqual([
    'SAT: as told by its authors.',
  ]);
});
