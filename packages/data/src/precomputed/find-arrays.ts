/** Which array of a file of precomputed features belongs to which image. */
import { parse } from 'node:path';
import type { DatasetImage } from '@capgrid/contracts';
import { DataError } from '../data-error.js';
import { listSome } from '../list-some.js';
import type { PrecomputedFeatures, RegionArray } from './precomputed-features.js';

type NamedImage = Pick<DatasetImage, 'id' | 'fileName'>;

/** One for the whole file: the id of an image may be the file name of another. */
const NAMINGS: readonly { what: string; nameOf: (image: NamedImage) => string }[] = [
  { what: 'file name', nameOf: ({ fileName }) => fileName },
  { what: 'file name without extension', nameOf: ({ fileName }) => parse(fileName).name },
  { what: 'id', nameOf: ({ id }) => id },
];
const SHOWN = 3;

/**
 * The array of each image, in the order of the images. Arrays are named by the file names of the
 * images, with or without extension, or by their ids, all of them in the same way.
 *
 * @throws DataError `precomputed-images` when images have none
 */
export function findArrays(
  { arrays, label }: PrecomputedFeatures,
  images: readonly NamedImage[],
): RegionArray[] {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const [best] = NAMINGS.map(({ what, nameOf }) => {
    const names = images.map(nameOf);
    const isUnique = new Set(names).size === names.length;
    const found = isUnique ? names.flatMap((name) => byName.get(name) ?? []) : [];
    return { what, names, found };
  }).sort((one, other) => other.found.length - one.found.length);
  if (best === undefined || best.found.length === 0) throw noImages(label, arrays, images);
  if (best.found.length === images.length) return best.found;
  const missing = best.names.filter((name) => !byName.has(name));
  throw new DataError(
    'precomputed-images',
    `${label} has no array for ${missing.length} of ${images.length} images, by ${best.what}: ` +
      `${quote(missing)}. Compute them too, or import the dataset without these images.`,
  );
}

function noImages(
  label: string,
  arrays: readonly RegionArray[],
  images: readonly NamedImage[],
): DataError {
  const names = quote(arrays.map(({ name }) => name));
  const files = quote(images.map(({ fileName }) => fileName));
  const ids = quote(images.map(({ id }) => id));
  return new DataError(
    'precomputed-images',
    `${label} has none of the ${images.length} images: its arrays are named ${names}, the files of ` +
      `the images ${files}, their ids are ${ids}. Name the arrays by file name or id.`,
  );
}

/** The first few names. */
function quote(names: readonly string[]): string {
  return listSome(
    names.map((name) => `"${name}"`),
    SHOWN,
  );
}
