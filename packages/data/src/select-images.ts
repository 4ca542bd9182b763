/** A subset of a dataset that keeps the proportions of its splits. */
import { createHash } from 'node:crypto';
import { SPLITS, type DatasetImage, type DatasetManifest } from '@capgrid/contracts';
import { DataError } from './data-error.js';

/**
 * `limit` images in the order of the manifest, at least one per split that has any; all when
 * `limit` is null. Which ones depends only on their ids: a larger limit adds images and drops none.
 */
export function selectImages(manifest: DatasetManifest, limit: number | null): DatasetImage[] {
  const { images } = manifest;
  if (limit === null || limit >= images.length) return [...images];
  const splits = SPLITS.map((split) => images.filter((image) => image.split === split))
    .filter((members) => members.length > 0)
    .map((members) => ({ members: orderByHash(members), taken: 1 }));
  if (!Number.isSafeInteger(limit) || limit < splits.length) {
    throw new DataError(
      'selection-invalid',
      `data.limit is ${limit}; use at least ${splits.length}, one image per split, or null for all.`,
    );
  }
  // Sainte-Laguë: the next image goes to the split that is furthest behind its share. Unlike
  // rounding each share, this never takes an image back when the limit grows.
  for (let count = splits.length; count < limit; count += 1) {
    const behind = splits.reduce((one, other) => (claim(other) > claim(one) ? other : one));
    behind.taken += 1;
  }
  const chosen = new Set(splits.flatMap(({ members, taken }) => members.slice(0, taken)));
  return images.filter((image) => chosen.has(image));
}

function claim({ members, taken }: { members: readonly unknown[]; taken: number }): number {
  return taken < members.length ? members.length / (2 * taken + 1) : 0;
}

function orderByHash(images: readonly DatasetImage[]): DatasetImage[] {
  const keyed = images.map((image) => ({
    image,
    key: createHash('sha256').update(image.id).digest('hex'),
  }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.map(({ image }) => image);
}
