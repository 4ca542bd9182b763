/** Errors of the operations. Each has a stable `code`. */

/** A tensor or setting that an operation cannot take. */
export class OpInputError extends Error {
  readonly code = 'op-input';
  constructor(op: string, problem: string) {
    super(`${op}: ${problem}`);
    this.name = 'OpInputError';
  }
}

/** A gradient met a call it was not written for: a bug of the caller, not of the data. */
export class GradientError extends Error {
  readonly code = 'gradient';
  constructor(problem: string) {
    super(`Gradient: ${problem}.`);
    this.name = 'GradientError';
  }
}

/** A kernel of the active backend returned something else than its contract says. */
export class KernelResultError extends Error {
  readonly code = 'kernel-result';
  constructor(kernel: string, expected: number, actual: number) {
    super(
      `The kernel ${kernel} should return ${expected} tensors, it returned ${actual}. The backend's kernels are of another version; build the engine again.`,
    );
    this.name = 'KernelResultError';
  }
}
