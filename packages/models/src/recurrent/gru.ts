/**
 * A gated recurrent unit as a layer of a stack (Cho et al. 2014, eq. 5-8), in the form of cuDNN and
 * MXNet: n = tanh(W x + b + r (U h + b')), so input and recurrent part have a bias each.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { gruCell } from '@capgrid/ops';
import { xavierIn, zeros } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { InputGates } from './input-gates.js';
import type { CellState, LayerInput, RecurrentLayer } from './recurrent-layer.js';
import { startOfState, type RecurrentStart } from './recurrent-start.js';

/** Columns of the matrices are the gates r, z, n. */
export function gruParameters(
  name: string,
  inputWidth: number,
  hidden: number,
  { recurrentInit }: RecurrentStart,
): ParameterPlan[] {
  const gates = 3 * hidden;
  return [
    { name: `${name}.input`, shape: [inputWidth, gates], start: xavierIn(inputWidth) },
    { name: `${name}.inputBias`, shape: [gates], start: zeros },
    {
      name: `${name}.recurrent`,
      shape: [hidden, gates],
      start: startOfState(recurrentInit, hidden, gates),
    },
    { name: `${name}.recurrentBias`, shape: [gates], start: zeros },
  ];
}

export class GruRecurrence implements RecurrentLayer {
  readonly known: readonly Tensor[];
  readonly knownBias: Tensor | null;
  private readonly input: InputGates;
  private readonly recurrent: Linear; // [hidden, 3 hidden]

  constructor(weights: Weights, name: string, input: LayerInput) {
    const bias = weightOf(weights, `${name}.inputBias`);
    this.input = new InputGates(weightOf(weights, `${name}.input`), bias, input);
    this.known = this.input.known;
    this.knownBias = this.input.knownBias;
    this.recurrent = new Linear(
      weightOf(weights, `${name}.recurrent`),
      weightOf(weights, `${name}.recurrentBias`),
    );
  }

  step(known: Tensor | null, inner: Tensor | null, { h }: CellState): CellState {
    const next = gruCell(this.input.sum(known, inner), this.recurrent.apply(h), h);
    return { h: next, c: null };
  }
}
