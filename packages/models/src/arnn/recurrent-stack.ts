/** The recurrent layers of the ARNN and where attention sits among them. */
import { add, concat, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import type { Attend, Attended } from '../attention/attention.js';
import type { RowTensors } from '../captioner/captioner.js';
import { ModelInputError } from '../errors.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import {
  createRecurrentLayer,
  recurrentParameters,
  type CellState,
  type LayerInput,
  type RecurrentLayer,
} from '../recurrent/recurrent-layer.js';

export function stackParameters(spec: ArnnSpec): ParameterPlan[] {
  const { cell, hidden, forgetBias } = spec;
  return layerInputs(spec).flatMap((input, layer) =>
    recurrentParameters(cell, layerName(spec, layer), input, hidden, forgetBias),
  );
}

export interface StackStep {
  /** [rows, gates] of the first layer: what the previous word and the image give. */
  readonly known: Tensor;
  /** [rows, hidden]: the attentional vector of the previous word; null without input feeding. */
  readonly hbar: Tensor | null;
  readonly states: readonly CellState[];
  readonly attentionState: RowTensors;
  /** [rows, width]: part of the query beside the state; null without. */
  readonly queryWord: Tensor | null;
}

export interface StackResult {
  readonly states: readonly CellState[];
  /** [rows, hidden]: of the top layer. */
  readonly output: Tensor;
  readonly attended: Attended;
}

/** In training one object serves one sequence. */
export class RecurrentStack {
  readonly first: RecurrentLayer;
  private readonly upper: readonly RecurrentLayer[];
  private readonly isResidual: boolean;
  private readonly isAttentionLow: boolean;

  constructor(spec: ArnnSpec, weights: Weights) {
    const [first, ...upper] = layerInputs(spec).map((input, layer) =>
      createRecurrentLayer(spec.cell, weights, layerName(spec, layer), input),
    );
    if (first === undefined) throw new ModelInputError('model.layers is 0; set it to 1 or more.');
    this.first = first;
    this.upper = upper;
    this.isResidual = spec.residual;
    this.isAttentionLow = spec.attentionInUpperLayers;
  }

  /** One word further. Attention comes after the top layer, or after the first. */
  step(attend: Attend, { known, hbar, states, attentionState, queryWord }: StackStep): StackResult {
    const look = (h: Tensor): Attended =>
      attend(queryWord === null ? h : concat([queryWord, h], 1), attentionState);
    const bottom = this.first.step(known, hbar, stateOf(states, 0));
    const low = this.isAttentionLow ? look(bottom.h) : null;
    const next = [bottom];
    let output = bottom.h;
    for (const [i, layer] of this.upper.entries()) {
      const input = low === null ? output : concat([output, low.context], 1);
      const state = layer.step(null, input, stateOf(states, i + 1));
      next.push(state);
      // The sum leaves the context out, which only some layers get.
      output = this.isResidual ? add(state.h, output) : state.h;
    }
    return { states: next, output, attended: low ?? look(output) };
  }
}

/** Of the first layer: x_t = [e; (v_g); (hbar_{t-1})]; above: what is below and perhaps the context. */
function layerInputs(spec: ArnnSpec): LayerInput[] {
  const { embed, hidden, layers, concatGlobal, inputFeeding, attentionInUpperLayers } = spec;
  const first = {
    known: concatGlobal ? [embed, hidden] : [embed],
    inner: inputFeeding ? hidden : 0,
  };
  const above = { known: [], inner: attentionInUpperLayers ? 2 * hidden : hidden };
  return Array.from({ length: layers }, (_, layer) => (layer === 0 ? first : above));
}

/** `lstm`, `lstm2`, `lstm3`, ... */
function layerName({ cell }: ArnnSpec, layer: number): string {
  const kind = cell === 'gru' ? 'gru' : 'lstm';
  return layer === 0 ? kind : `${kind}${layer + 1}`;
}

function stateOf(states: readonly CellState[], layer: number): CellState {
  const state = states[layer];
  if (state === undefined) throw new ModelInputError(`Layer ${layer + 1} has no state.`);
  return state;
}
