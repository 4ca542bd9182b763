/** A task ended early because the trainer shuts down. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly code = 'stopped';
  readonly isRetryable = true;
  constructor() {
    super('The trainer was stopped.');
  }
}
