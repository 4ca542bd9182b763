/**
 * A matrix product that a recurrent decoder repeats at each word with the same matrix. What the
 * gradients of all words share is done once per sequence: the matrix is transposed once, and its
 * gradient is one product over all words instead of a product and a sum for each.
 */
import {
  add,
  concat,
  customGrad,
  matMul,
  sum,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { GradientError } from '@capgrid/ops';

export class Linear {
  /** [out, in]; a constant for the gradient, which flows through `weight` alone. */
  private readonly transposed: Tensor;
  private isUsed = false;
  /** Inputs and output gradients of the later words, met on the way back to the first one. */
  private later: { readonly x: Tensor; readonly dy: Tensor }[] = [];

  /** `weight`: [in, out]; `bias`: [out] or null. One object serves one sequence: see `apply`. */
  constructor(
    private readonly weight: Tensor,
    private readonly bias: Tensor | null,
  ) {
    this.transposed = transpose(weight);
  }

  /**
   * x W + b, for x [rows, in]. Only the first call of a sequence is tied to the weights in
   * tfjs-core's record, which is read from its end: when the gradient arrives there, that of every
   * later call is known. So the first call must have a part in the loss, as a recurrence's has.
   */
  apply(x: Tensor): Tensor {
    const isFirst = !this.isUsed;
    this.isUsed = true;
    const { weight, bias, transposed } = this;
    const product = customGrad((...inputs) => {
      const save = inputs.at(-1);
      // What the gradient reads must be saved: the forward pass frees everything else.
      if (typeof save === 'function') save([x, transposed]);
      const value = matMul(x, weight);
      return {
        value: bias === null ? value : add(value, bias),
        gradFunc: (dy: Tensor, [keptX, keptTransposed]: Tensor[]) => {
          if (keptX === undefined || keptTransposed === undefined) {
            throw new GradientError('a matrix product has lost its input');
          }
          const dx = matMul(dy, keptTransposed);
          this.later.push({ x: keptX, dy });
          return isFirst ? [dx, ...this.weightGradients()] : [dx];
        },
      };
    });
    if (!isFirst) return product(x);
    return bias === null ? product(x, weight) : product(x, weight, bias);
  }

  private weightGradients(): Tensor[] {
    const x = concat(this.later.map((call) => call.x)); // [all rows, in]
    const dy = concat(this.later.map((call) => call.dy)); // [all rows, out]
    this.later = [];
    const dWeight = matMul(x, dy, true);
    return this.bias === null ? [dWeight] : [dWeight, sum(dy, 0)];
  }
}
