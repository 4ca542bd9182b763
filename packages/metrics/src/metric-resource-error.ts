/** What this package needs besides captions is not there or does not work: a file, a program. */

export type MetricResourceErrorCode =
  | 'lexicon-missing'
  | 'unreadable-paraphrase-file'
  | 'spice-jar-missing'
  | 'spice-jar-invalid'
  | 'java-missing'
  | 'spice-failed'
  | 'spice-output-invalid';

/** Other captions would fail alike. `code` is stable; the message names the resource and a remedy. */
export class MetricResourceError extends Error {
  override readonly name: string = 'MetricResourceError';

  constructor(
    readonly code: MetricResourceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
