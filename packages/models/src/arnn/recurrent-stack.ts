/** The recurrent layers of the ARNN and where attention sits among them. */
import { add, concat, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import type { Attend, Attended } from '../attention/attention.js';
import type { RowTensors } from '../captioner/captioner.js';
import { ModelInputError } from '../errors.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import { imageGates, wordGates } from '../recurrent/known-gates.js';
import {
  createRecurrentLayer,
  isGru,
  recurrentParameters,
  type CellState,
  type RecurrentLayer,
} from '../recurrent/recurrent-layer.js';
import { dropped } from '../captioner/noise.js';
import type { ByRow } from '../captioner/rows.js';
import { droppedAlike, type CellMasks } from './cell-dropout.js';
import { layerInputs, nameOfLayer } from './layer-inputs.js';

export function stackParameters(spec: ArnnSpec): ParameterPlan[] {
  const { cell, hidden } = spec;
  return layerInputs(spec).flatMap((input, layer) =>
    recurrentParameters(cell, layerName(spec, layer), input, hidden, spec),
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
  /** Which word of the caption this is; only dropout reads it. */
  readonly t: number;
}

export interface StackResult {
  readonly states: readonly CellState[];
  /** [rows, hidden]: of the top layer. */
  readonly output: Tensor;
  readonly attended: Attended;
}

/** In training one object serves one sequence. */
export class RecurrentStack {
  private readonly first: RecurrentLayer;
  private readonly upper: readonly RecurrentLayer[];
  private readonly isResidual: boolean;
  private readonly isAttentionLow: boolean;

  /** `masks`: of each layer; empty without dropout. */
  constructor(
    spec: ArnnSpec,
    weights: Weights,
    private readonly masks: readonly CellMasks[],
  ) {
    const [first, ...upper] = layerInputs(spec).map((input, layer) =>
      createRecurrentLayer(spec.cell, weights, layerName(spec, layer), input),
    );
    if (first === undefined) throw new ModelInputError('model.layers is 0; set it to 1 or more.');
    this.first = first;
    this.upper = upper;
    this.isResidual = spec.residual;
    this.isAttentionLow = spec.attentionInUpperLayers;
  }

  /** What words give to the gates of the first layer, [steps * rows, embed] to [steps * rows, gates]. */
  wordGates(e: Tensor): Tensor {
    return wordGates(this.first, droppedAlike(e, this.masks[0]?.known[0]));
  }

  /** What v_g, [images, region width], gives to them: [rows, gates]; null where it is no input. */
  globalGates(global: () => Tensor, byRow: ByRow): Tensor | null {
    return imageGates(this.first, global, this.masks[0]?.known[1] ?? null, byRow);
  }

  /** One word further. Attention comes after the top layer, or after the first. */
  step(attend: Attend, given: StackStep): StackResult {
    const { known, hbar, attentionState, queryWord } = given;
    const look = (h: Tensor): Attended =>
      attend(queryWord === null ? h : concat([queryWord, h], 1), attentionState);
    const bottom = this.advance(this.first, 0, known, hbar, given);
    const low = this.isAttentionLow ? look(bottom.h) : null;
    const next = [bottom];
    let output = bottom.h;
    for (const [i, layer] of this.upper.entries()) {
      const input = low === null ? output : concat([output, low.context], 1);
      const state = this.advance(layer, i + 1, null, input, given);
      next.push(state);
      // The sum leaves the context out, which only some layers get.
      output = this.isResidual ? add(state.h, output) : state.h;
    }
    return { states: next, output, attended: low ?? look(output) };
  }

  private advance(
    layer: RecurrentLayer,
    index: number,
    known: Tensor | null,
    inner: Tensor | null,
    { states, t }: StackStep,
  ): CellState {
    const { h, c } = stateOf(states, index);
    const masks = this.masks[index];
    return layer.step(
      known,
      inner === null ? null : dropped(inner, masks?.inner ?? null),
      { h: dropped(h, masks?.state ?? null), c },
      masks?.candidates[t] ?? null,
    );
  }
}

/** `lstm`, `lstm2`, ... or `gru`, `gru2`, ... */
function layerName({ cell }: ArnnSpec, layer: number): string {
  return nameOfLayer(isGru(cell) ? 'gru' : 'lstm', layer);
}

function stateOf(states: readonly CellState[], layer: number): CellState {
  const state = states[layer];
  if (state === undefined) throw new ModelInputError(`Layer ${layer + 1} has no state.`);
  return state;
}
