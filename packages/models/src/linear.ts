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
import { GradientError, noGradient, tieTo } from '@capgrid/ops';

export class Linear {
  /** [out, in]; a constant for the gradient, which flows through `weight` alone. */
  private readonly transposed: Tensor;
  private tie: Tensor | null = null;
  /** Inputs and output gradients of the words, met on the way back from the last to the first. */
  private calls: { readonly x: Tensor; readonly dy: Tensor }[] = [];

  /**
   * `weight`: [in, out]; `bias`: [out] or null. In training one object serves one
   * sequence: it collects the words of it until the gradient comes.
   */
  constructor(
    private readonly weight: Tensor,
    private readonly bias: Tensor | null,
  ) {
    this.transposed = transpose(weight);
  }

  /** x W + b, for x [rows, in]. */
  apply(x: Tensor): Tensor {
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
          this.calls.push({ x: keptX, dy });
          return [matMul(dy, keptTransposed), noGradient()];
        },
      };
    });
    return product(x, this.tied());
  }

  /** A tie that was freed belonged to an earlier forward pass, and so did the calls. */
  private tied(): Tensor {
    if (this.tie === null || this.tie.isDisposed) {
      const { weight, bias } = this;
      this.calls = [];
      this.tie = tieTo(bias === null ? [weight] : [weight, bias], () => this.weightGradients());
    }
    return this.tie;
  }

  private weightGradients(): Tensor[] {
    const x = concat(this.calls.map((call) => call.x)); // [all rows, in]
    const dy = concat(this.calls.map((call) => call.dy)); // [all rows, out]
    this.calls = [];
    const dWeight = matMul(x, dy, true);
    return this.bias === null ? [dWeight] : [dWeight, sum(dy, 0)];
  }
}
