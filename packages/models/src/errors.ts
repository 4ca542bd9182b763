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
  /**
   * @param gradientNorm null where it was not measured
   * @param clip how gradients are clipped, `optimizer.clip.kind`; null where they have no part in it
   */
  constructor(
    readonly step: number,
    readonly loss: number,
    readonly gradientNorm: number | null = null,
    clip: Clip | null = null,
  ) {
    const problem =
      Number.isFinite(loss) && gradientNorm !== null
        ? `The norm of the gradients became ${gradientNorm} at step ${step}, where the loss was ${loss}.`
        : `The loss became ${loss} at step ${step}.`;
    super(`${problem} ${slowDown(clip)}`);
    this.name = 'LossNotFiniteError';
  }
}

/** Of a validation: the exponential of the mean loss has no number, often where the loss has one. */
export class PerplexityNotFiniteError extends Error {
  readonly code = 'loss-not-finite';
  /**
   * @param loss mean over the words, in nats
   * @param clip how gradients are clipped, `optimizer.clip.kind`
   */
  constructor(
    readonly step: number,
    readonly loss: number,
    clip: Clip,
  ) {
    const problem = Number.isFinite(loss)
      ? `The perplexity became ${Math.exp(loss)} in the validation at step ${step}: it is the exponential of the mean loss of a word, which was ${loss}.`
      : `The loss became ${loss} in the validation at step ${step}.`;
    super(`${problem} ${slowDown(clip)}`);
    this.name = 'PerplexityNotFiniteError';
  }
}

type Clip = 'none' | 'element' | 'norm';

function slowDown(clip: Clip | null): string {
  return `Lower optimizer.learningRate${clip === 'none' ? ', or clip gradients by norm' : ''}.`;
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

/** A training state is whole, but belongs to another training than the one that it should resume. */
export class StateMismatchError extends CheckpointError {
  constructor(problem: string) {
    super(problem, 'Begin the training again, or resume the one that wrote the state.');
    this.name = 'StateMismatchError';
  }
}

export class EncoderPlanError extends Error {
  readonly code = 'encoder-plan';
  constructor(where: string, problem: string) {
    super(`Encoder plan, ${where}: ${problem}`);
    this.name = 'EncoderPlanError';
  }
}
