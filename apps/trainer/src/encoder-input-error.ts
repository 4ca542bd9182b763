/** An encoder cannot work on this dataset, or came without what it needs. */
export class EncoderInputError extends Error {
  override readonly name = 'EncoderInputError';
  readonly code = 'encoder-input';
  readonly isRetryable = false;
}
