/** The references of a run, as signatures name them. */
import { hashSetsByKey } from './set-hash.js';

/**
 * References per image and a hash of which image has which: `5-1a2b3c4d5e6f`, or `1-10-1a2b3c4d5e6f`
 * where images have 1 to 10. `references[i]` belongs to `imageIds[i]`. Tokenised ones: what the
 * metrics read, and where the tokens of a caption depend on the next caption, so does the hash. The
 * order of images and of the references of an image changes nothing else.
 */
export function nameReferences(
  imageIds: readonly string[],
  references: readonly (readonly string[])[],
): string {
  let fewest = Infinity;
  let most = 0;
  for (const ofImage of references) {
    fewest = Math.min(fewest, ofImage.length);
    most = Math.max(most, ofImage.length);
  }
  const counts = fewest < most ? `${fewest}-${most}` : `${most}`;
  const hash = hashSetsByKey(
    imageIds.entries(),
    ([, imageId]) => imageId,
    ([index]) => references[index] ?? [],
  );
  return `${counts}-${hash}`;
}
