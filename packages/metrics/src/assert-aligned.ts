/** What the metrics of tokenised captions ask of them. */
import { assertCaptions, assertReferenceLists } from './invalid-input.js';
import { MetricInputError } from './metric-input-error.js';

/** One candidate and at least one reference per image, and at least one image. */
export function assertAligned(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): void {
  assertCaptions('candidates', candidates);
  assertReferenceLists(references);
  if (candidates.length !== references.length) {
    throw new MetricInputError(
      'misaligned-captions',
      `${candidates.length} candidates but reference lists for ${references.length} images. ` +
        'Pass exactly one candidate and one list of references per image, in the same order.',
    );
  }
  if (candidates.length === 0) {
    throw new MetricInputError(
      'no-images',
      'There are 0 images to score. Pass at least one candidate with its references.',
    );
  }
  const index = references.findIndex((ofImage) => ofImage.length === 0);
  if (index !== -1) {
    throw new MetricInputError(
      'no-references',
      `The image at index ${index} has 0 references (candidate: "${candidates[index]}"). ` +
        'Give it at least one reference or leave it out.',
    );
  }
}
