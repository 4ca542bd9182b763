/** What a caller passed cannot be scored or compared: captions, options, a table's text. */

export type MetricInputErrorCode =
  | 'invalid-input'
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
