/** A long short-term memory layer (Hochreiter & Schmidhuber 1997) with MXNet's two bias vectors. */
import { add, concat, mul, tanh, zeros as zeroTensor, type Tensor } from '@tensorflow/tfjs-core';
import { lstmCell } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { xavierIn, zeros, type Initialiser } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { splitInput } from './input-gates.js';
import { gatedCell } from './lstm-gates.js';
import type { CellState, LayerInput, RecurrentLayer } from './recurrent-layer.js';
import { startOfState, USUAL_START } from './recurrent-start.js';

export type LstmState = {
  readonly h: Tensor; // [rows, hidden]
  readonly c: Tensor; // [rows, hidden]
};

/** Columns of the matrices are the gates i, f, g, o. */
export function lstmParameters(
  name: string,
  inputWidth: number,
  hidden: number,
  { forgetBias, recurrentInit } = USUAL_START,
): ParameterPlan[] {
  const gates = 4 * hidden;
  return [
    { name: `${name}.input`, shape: [inputWidth, gates], start: xavierIn(inputWidth) },
    { name: `${name}.inputBias`, shape: [gates], start: startWithForgetBias(forgetBias) },
    {
      name: `${name}.recurrent`,
      shape: [hidden, gates],
      start: startOfState(recurrentInit, hidden, gates),
    },
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
export class LstmLayer implements RecurrentLayer {
  readonly known: readonly Tensor[];
  readonly knownBias: Tensor | null;
  /** [inner, 4 hidden] with both biases; null where known parts carry the biases. */
  private readonly inner: Linear | null;
  /** [(inner +) hidden, 4 hidden]: beside known parts, x and h share one product. */
  private readonly recurrent: Linear;

  constructor(weights: Weights, name: string, input: LayerInput) {
    const matrices = splitInput(weightOf(weights, `${name}.input`), input);
    const bias = add(
      weightOf(weights, `${name}.inputBias`),
      weightOf(weights, `${name}.recurrentBias`),
    );
    const recurrent = weightOf(weights, `${name}.recurrent`);
    const isKnown = matrices.known.length > 0;
    this.known = matrices.known;
    this.knownBias = isKnown ? bias : null;
    this.inner = isKnown || matrices.inner === null ? null : new Linear(matrices.inner, bias);
    const joined =
      isKnown && matrices.inner !== null ? concat([matrices.inner, recurrent], 0) : recurrent;
    this.recurrent = new Linear(joined, null);
  }

  /** c = f c' + i g, h = o tanh(c). */
  step(
    known: Tensor | null,
    inner: Tensor | null,
    state: CellState,
    candidateMask: Tensor | null = null,
  ): LstmState {
    const c = cellOf(state);
    if (known !== null) {
      const x = inner === null ? state.h : concat([inner, state.h], 1);
      return advance(known, this.recurrent.apply(x), c, candidateMask);
    }
    if (inner === null || this.inner === null) {
      throw new ModelInputError('A recurrent layer has no input.');
    }
    return advance(this.inner.apply(inner), this.recurrent.apply(state.h), c, candidateMask);
  }
}

/** The fused cell has no dropout. */
function advance(
  inputGates: Tensor,
  hiddenGates: Tensor,
  before: Tensor,
  candidateMask: Tensor | null,
): LstmState {
  if (candidateMask === null) return lstmCell(inputGates, hiddenGates, before);
  const { c, o } = gatedCell(add(inputGates, hiddenGates), before, candidateMask);
  return { h: mul(o, tanh(c)), c };
}

/** The cell of an LSTM's state. */
export function cellOf({ c }: CellState): Tensor {
  if (c === null) throw new ModelInputError('The state of an LSTM has no cell.');
  return c;
}
