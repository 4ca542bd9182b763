/**
 * An LSTM with layer normalisation across its gates (Ba, Kiros & Hinton 2016, supplementary material,
 * eq. 20-22), as a layer of a stack: the input part, the recurrent part and the cell are normalised.
 */
import { add, mul, tanh, type Tensor } from '@tensorflow/tfjs-core';
import { xavierIn } from '../initialisers.js';
import { Norm, normParameters } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { InputGates } from './input-gates.js';
import { gatedCell } from './lstm-gates.js';
import { cellOf, startWithForgetBias } from './lstm.js';
import type { CellState, LayerInput, RecurrentLayer } from './recurrent-layer.js';
import { startOfState, type RecurrentStart } from './recurrent-start.js';

/** Columns of the matrices are the gates i, f, g, o. */
export function layerNormLstmParameters(
  name: string,
  inputWidth: number,
  hidden: number,
  { forgetBias, recurrentInit }: RecurrentStart,
): ParameterPlan[] {
  const gates = 4 * hidden;
  return [
    { name: `${name}.input`, shape: [inputWidth, gates], start: xavierIn(inputWidth) },
    {
      name: `${name}.recurrent`,
      shape: [hidden, gates],
      start: startOfState(recurrentInit, hidden, gates),
    },
    { name: `${name}.bias`, shape: [gates], start: startWithForgetBias(forgetBias) },
    ...normParameters(`${name}.inputNorm`, gates),
    ...normParameters(`${name}.recurrentNorm`, gates),
    ...normParameters(`${name}.cellNorm`, hidden),
  ];
}

export class LayerNormLstmRecurrence implements RecurrentLayer {
  readonly known: readonly Tensor[];
  /** The norm comes before the bias. */
  readonly knownBias = null;
  private readonly input: InputGates;
  private readonly recurrent: Linear; // [hidden, 4 hidden]
  private readonly bias: Tensor; // [4 hidden]
  private readonly inputNorm: Norm;
  private readonly recurrentNorm: Norm;
  private readonly cellNorm: Norm;

  constructor(weights: Weights, name: string, input: LayerInput) {
    this.input = new InputGates(weightOf(weights, `${name}.input`), null, input);
    this.known = this.input.known;
    this.recurrent = new Linear(weightOf(weights, `${name}.recurrent`), null);
    this.bias = weightOf(weights, `${name}.bias`);
    this.inputNorm = new Norm(weights, `${name}.inputNorm`);
    this.recurrentNorm = new Norm(weights, `${name}.recurrentNorm`);
    this.cellNorm = new Norm(weights, `${name}.cellNorm`);
  }

  step(
    known: Tensor | null,
    inner: Tensor | null,
    state: CellState,
    candidateMask: Tensor | null = null,
  ): CellState {
    const fromInput = this.inputNorm.apply(this.input.sum(known, inner));
    const fromState = this.recurrentNorm.apply(this.recurrent.apply(state.h));
    const gates = add(add(fromInput, fromState), this.bias); // eq. 20
    const { c, o } = gatedCell(gates, cellOf(state), candidateMask); // eq. 21
    return { h: mul(o, tanh(this.cellNorm.apply(c))), c }; // eq. 22
  }
}
