/** Ids of images as caption files write them. */
import { show } from './read-json.js';
import { badFile } from './read-text.js';

export type ImageId = number | string;

/** By which of its names a file refers to an image: `cocoid` and so on are those of Karpathy's files. */
export type IdKind = 'image_id' | 'cocoid' | 'imgid' | 'filename' | 'line';

/**
 * @param place where it stands in the file, e.g. `[3].image_id`
 * @throws CliError `bad-captions`
 */
export function readImageId(path: string, place: string, value: unknown): ImageId {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'number' && Number.isInteger(value)) {
    const problem = `${place} is ${value}, too large for a number in JSON`;
    throw badFile(`${path}:`, problem, 'Write such ids as strings in all files');
  }
  const problem = value === undefined ? `${place} is missing` : `${place} is ${show(value)}`;
  throw badFile(`${path}:`, problem, 'An id is a whole number or a string that is not empty');
}

/** @throws CliError `bad-captions` */
export function readCaption(path: string, place: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const problem = `${place} is ${show(value)}${value === undefined ? '' : ', not a string'}`;
  const remedy =
    value === null || value === undefined
      ? 'Give the image a caption; an empty one is ""'
      : 'Write the caption as one string';
  throw badFile(`${path}:`, problem, remedy);
}
