/** Errors of models, training and decoding. Each has a stable `code`. */

export class EngineMismatchError extends Error {
  readonly code = 'engine-mismatch';
  constructor(expected: string, actual: string) {
    super(
      `The active backend of tfjs-core is "${actual}", but the engine passed is "${expected}". Start the engine in this process first.`,
    );
    this.name = 'EngineMismatchError';
  }
}

/** A tensor, feature batch or weight has another shape than the model needs. */
export class ShapeError extends Error {
  readonly code = 'shape';
  constructor(what: string, expected: readonly number[], actual: readonly number[], hint: string) {
    super(`${what}: expected [${expected.join(', ')}], got [${actual.join(', ')}]. ${hint}`);
    this.name = 'ShapeError';
  }
}

/** Data given to training or decoding cannot be used. */
export class ModelInputError extends Error {
  readonly code = 'model-input';
  constructor(message: string) {
    super(message);
    this.name = 'ModelInputError';
  }
}

export class LossNotFiniteError extends Error {
  readonly code = 'loss-not-finite';
  constructor(
    readonly step: number,
    readonly loss: number,
  ) {
    super(
      `The loss became ${loss} at step ${step}. Lower optimizer.learningRate, or clip gradients by norm.`,
    );
    this.name = 'LossNotFiniteError';
  }
}

export class CancelledError extends Error {
  readonly code = 'cancelled';
  constructor(what: string) {
    super(`${what} was cancelled.`);
    this.name = 'CancelledError';
  }
}

/** A checkpoint or weight file is truncated, foreign or made for another model. */
export class CheckpointError extends Error {
  readonly code = 'checkpoint';
  constructor(problem: string, hint: string) {
    super(`${problem} ${hint}`);
    this.name = 'CheckpointError';
  }
}

export class EncoderPlanError extends Error {
  readonly code = 'encoder-plan';
  constructor(where: string, problem: string) {
    super(`Encoder plan, ${where}: ${problem}`);
    this.name = 'EncoderPlanError';
  }
}
