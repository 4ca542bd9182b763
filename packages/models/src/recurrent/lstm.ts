/** An LSTM as a layer of a stack. Equations: `lstmCell`; weights: `lstmParameters`. */
import { add, concat, type Tensor } from '@tensorflow/tfjs-core';
import { lstmCell } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { Linear } from '../linear.js';
import { weightOf, type Weights } from '../parameters.js';
import { cellOf } from './cell-of.js';
import { splitInput } from './input-gates.js';
import type { CellState, LayerInput, RecurrentLayer } from './recurrent-layer.js';

export class LstmRecurrence implements RecurrentLayer {
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

  step(known: Tensor | null, inner: Tensor | null, state: CellState): CellState {
    const c = cellOf(state);
    if (known !== null) {
      const x = inner === null ? state.h : concat([inner, state.h], 1);
      return lstmCell(known, this.recurrent.apply(x), c);
    }
    return lstmCell(this.innerGates(inner), this.recurrent.apply(state.h), c);
  }

  private innerGates(inner: Tensor | null): Tensor {
    if (inner === null || this.inner === null) {
      throw new ModelInputError('A recurrent layer has no input.');
    }
    return this.inner.apply(inner);
  }
}
