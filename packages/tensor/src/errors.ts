/** Errors of the engines. Each has a stable `code`. */

export class UnknownEngineError extends Error {
  readonly code = 'engine-unknown';
  constructor(kind: string, known: readonly string[]) {
    super(`Unknown engine "${kind}". Choose one of: ${known.join(', ')}.`);
    this.name = 'UnknownEngineError';
  }
}

export class EngineStartError extends Error {
  readonly code = 'engine-start-failed';
  constructor(kind: string, options?: ErrorOptions) {
    super(
      `The engine "${kind}" did not start. Check that its package is installed whole (npm ci), or choose the engine "cpu".`,
      options,
    );
    this.name = 'EngineStartError';
  }
}

/** A kernel was called with tensors of another backend or dtype than it can take. */
export class KernelInputError extends Error {
  readonly code = 'kernel-input';
  constructor(kernel: string, problem: string) {
    super(`${kernel}: ${problem}`);
    this.name = 'KernelInputError';
  }
}
