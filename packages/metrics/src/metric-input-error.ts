/** What a caller passed cannot be scored or compared: captions, options, a table's text. */

export type MetricInputErrorCode =
  | 'no-images'
  | 'no-references'
  | 'duplicate-image-id'
  | 'invalid-caption'
  | 'misaligned-captions'
  | 'invalid-document-count'
  | 'invalid-perplexity'
  | 'missing-perplexity'
  | 'spice-images-differ'
  | 'invalid-heap-size'
  | 'invalid-meteor-modules'
  | 'invalid-paraphrase-table'
  | 'missing-value'
  | 'value-not-finite'
  | 'invalid-resampling-option'
  | 'invalid-p-value'
  | 'no-systems'
  | 'image-sets-differ'
  | 'signatures-differ'
  | 'missing-metric'
  | 'no-common-metric'
  | 'too-few-images'
  | 'duplicate-training-seed'
  | 'unsuitable-training-count'
  | 'duplicate-system'
  | 'unknown-baseline';

/** `code` is stable; the message names the offending value and what to do about it. */
export class MetricInputError extends Error {
  override readonly name = 'MetricInputError';

  constructor(
    readonly code: MetricInputErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One candidate and at least one reference per image, and at least one image. */
export function assertAligned(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
): void {
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
