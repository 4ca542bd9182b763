/** How many references the images of a run have, as signatures say it. */

/** `5`, or `1-10` where images differ. */
export function countReferences(references: readonly (readonly string[])[]): string {
  let fewest = Infinity;
  let most = 0;
  for (const ofImage of references) {
    fewest = Math.min(fewest, ofImage.length);
    most = Math.max(most, ofImage.length);
  }
  return fewest < most ? `${fewest}-${most}` : `${most}`;
}
