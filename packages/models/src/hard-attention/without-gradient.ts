/** Computes a tensor that is a constant for the gradient. */
import { customGrad, type Tensor } from '@tensorflow/tfjs-core';
import { noGradient } from '@capgrid/ops';

export function withoutGradient(make: () => Tensor): Tensor {
  // What runs inside of customGrad is not recorded; its only input depends on no weight.
  const constant = customGrad(() => ({ value: make(), gradFunc: () => noGradient() }));
  return constant(noGradient());
}
