/** Gradients of what all steps of a sequence share, made once when those of all steps are known. */
import { customGrad, fill, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A tie between `shared` and the steps that use it: an empty tensor, float32 [0], that stands in the
 * gradient record between them. Each step takes it as one more input and returns `noGradient()` for
 * it, so tfjs-core records the step as dependent on `shared`, whatever its other inputs depend on,
 * at the price of adding tensors without values. The record is read from its end: when the gradient
 * arrives at the tie, every step has been passed, and `gradients` is asked for those of `shared`.
 */
export function tieTo(shared: readonly Tensor[], gradients: () => Tensor[]): Tensor {
  return customGrad(() => ({ value: noGradient(), gradFunc: gradients }))(...shared);
}

/** Gradient of a tie. */
export function noGradient(): Tensor {
  return fill([0], 0);
}
