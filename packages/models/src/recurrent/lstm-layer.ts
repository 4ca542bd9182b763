/** A long short-term memory layer (Hochreiter & Schmidhuber 1997) with MXNet's two bias vectors. */
import { add, matMul, zeros as zeroTensor, type Tensor } from '@tensorflow/tfjs-core';
import { lstmCell } from '@capgrid/ops';
import { orthogonalRows, xavierIn, zeros, type Initialiser } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

export type LstmState = {
  readonly h: Tensor; // [rows, hidden]
  readonly c: Tensor; // [rows, hidden]
};

/** Columns of the matrices are the gates i, f, g, o. `forgetBias`: start value of f's bias. */
export function lstmParameters(
  name: string,
  inputWidth: number,
  hidden: number,
  forgetBias = 0,
): ParameterPlan[] {
  const gates = 4 * hidden;
  return [
    { name: `${name}.input`, shape: [inputWidth, gates], start: xavierIn(inputWidth) },
    { name: `${name}.inputBias`, shape: [gates], start: startWithForgetBias(forgetBias) },
    { name: `${name}.recurrent`, shape: [hidden, gates], start: orthogonalRows(hidden, gates) },
    { name: `${name}.recurrentBias`, shape: [gates], start: zeros },
  ];
}

/** Zeros, but `forgetBias` for the second of the four gates. */
export function startWithForgetBias(forgetBias: number): Initialiser {
  return (_rng, size) => new Float32Array(size).fill(forgetBias, size / 4, size / 2);
}

export function zeroState(rows: number, hidden: number): LstmState {
  return { h: zeroTensor([rows, hidden]), c: zeroTensor([rows, hidden]) };
}

/** In training one object serves one sequence. */
export class LstmLayer {
  private readonly input: Tensor; // [input, 4 hidden]
  private readonly bias: Tensor; // [4 hidden]
  private readonly recurrent: Linear;

  constructor(weights: Weights, name: string) {
    this.input = weightOf(weights, `${name}.input`);
    this.bias = add(
      weightOf(weights, `${name}.inputBias`),
      weightOf(weights, `${name}.recurrentBias`),
    );
    this.recurrent = new Linear(weightOf(weights, `${name}.recurrent`), null);
  }

  /** What the input gives to the gates, [rows, 4 hidden]; for all words of a sequence at once where it can be. */
  inputGates(x: Tensor): Tensor {
    return add(matMul(x, this.input), this.bias);
  }

  /** c = f c' + i g, h = o tanh(c). `inputGates`: [rows, 4 hidden]. */
  step(inputGates: Tensor, state: LstmState): LstmState {
    return lstmCell(inputGates, this.recurrent.apply(state.h), state.c);
  }
}
