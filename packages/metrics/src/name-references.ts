/** The references of a run, as signatures name them. */
import { hashSetsByKey } from './set-hash.js';
import type { CaptionItem } from './tokenize-items.js';

/**
 * References per image and a hash of which image has which: `5-1a2b3c4d5e6f`, or `1-10-1a2b3c4d5e6f`
 * where images have 1 to 10. Of raw captions, whatever the order of images and of the references
 * of an image.
 */
export function nameReferences(
  items: readonly Pick<CaptionItem, 'imageId' | 'references'>[],
): string {
  let fewest = Infinity;
  let most = 0;
  for (const { references } of items) {
    fewest = Math.min(fewest, references.length);
    most = Math.max(most, references.length);
  }
  const counts = fewest < most ? `${fewest}-${most}` : `${most}`;
  const hash = hashSetsByKey(
    items,
    ({ imageId }) => imageId,
    ({ references }) => references,
  );
  return `${counts}-${hash}`;
}
