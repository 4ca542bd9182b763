/** A measurement that could not be made, or that proved to compare different things. */
export class BenchError extends Error {
  readonly code = 'bench';

  override readonly name = 'BenchError';
}
