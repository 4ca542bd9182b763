/**
 * A matrix product whose gradient does not transpose the matrix again. A recurrent decoder
 * multiplies by the same matrix at each word; its transpose is made once per sequence.
 */
import { customGrad, matMul, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { pick } from './gradients/saved.js';

export interface Linear {
  readonly weight: Tensor; // [in, out]
  /** [out, in]; a constant for the gradient, which flows through `weight` alone. */
  readonly transposed: Tensor;
}

export function linear(weight: Tensor): Linear {
  return { weight, transposed: transpose(weight) };
}

/** x W, for x [rows, in]. */
export function applyLinear(x: Tensor, { weight, transposed }: Linear): Tensor {
  const product = customGrad((...inputs) => {
    const save = inputs.at(-1);
    // What the gradient reads must be saved: the forward pass frees everything else.
    if (typeof save === 'function') save([x, transposed]);
    return {
      value: matMul(x, weight),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        matMul(dy, pick(saved, 1)),
        matMul(pick(saved, 0), dy, true),
      ],
    };
  });
  return product(x, weight);
}
