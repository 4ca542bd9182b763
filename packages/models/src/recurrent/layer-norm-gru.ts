/**
 * A gated recurrent unit with layer normalisation across its gates (Ba, Kiros & Hinton 2016), as a layer
 * of a stack. As in sockeye's `LayerNormGRUCell` all three gates of a part are normalised together, and
 * the biases come after: a = LN(W x) + b, a' = LN(U h) + b', and from there the GRU in cuDNN's form, r =
 * σ(a_r + a'_r), z = σ(a_z + a'_z), n = tanh(a_n + r a'_n), h' = (1 - z) n + z h. The supplement of the
 * paper normalises r, z apart from n and has z the other way round.
 */
import { add, type Tensor } from '@tensorflow/tfjs-core';
import { gruCell } from '@capgrid/ops';
import { normParameters, Norm } from '../layer-norm.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { gruParameters } from './gru.js';
import { InputGates } from './input-gates.js';
import type { CellState, LayerInput, RecurrentLayer } from './recurrent-layer.js';
import type { RecurrentStart } from './recurrent-start.js';

/** Columns of the matrices are the gates r, z, n. */
export function layerNormGruParameters(
  name: string,
  inputWidth: number,
  hidden: number,
  start: RecurrentStart,
): ParameterPlan[] {
  return [
    ...gruParameters(name, inputWidth, hidden, start),
    ...normParameters(`${name}.inputNorm`, 3 * hidden),
    ...normParameters(`${name}.recurrentNorm`, 3 * hidden),
  ];
}

export class LayerNormGruRecurrence implements RecurrentLayer {
  readonly known: readonly Tensor[];
  /** The norm comes before the bias. */
  readonly knownBias = null;
  private readonly input: InputGates;
  private readonly inputBias: Tensor; // [3 hidden]
  private readonly inputNorm: Norm;
  private readonly recurrent: Linear; // [hidden, 3 hidden]
  private readonly recurrentBias: Tensor; // [3 hidden]
  private readonly recurrentNorm: Norm;

  constructor(weights: Weights, name: string, input: LayerInput) {
    this.input = new InputGates(weightOf(weights, `${name}.input`), null, input);
    this.known = this.input.known;
    this.inputBias = weightOf(weights, `${name}.inputBias`);
    this.inputNorm = new Norm(weights, `${name}.inputNorm`);
    this.recurrent = new Linear(weightOf(weights, `${name}.recurrent`), null);
    this.recurrentBias = weightOf(weights, `${name}.recurrentBias`);
    this.recurrentNorm = new Norm(weights, `${name}.recurrentNorm`);
  }

  step(known: Tensor | null, inner: Tensor | null, { h }: CellState): CellState {
    const fromInput = this.inputNorm.apply(this.input.sum(known, inner));
    const fromState = this.recurrentNorm.apply(this.recurrent.apply(h));
    const next = gruCell(add(fromInput, this.inputBias), add(fromState, this.recurrentBias), h);
    return { h: next, c: null };
  }
}
