/**
 * The state of the recurrent layers before the first word: zero, or tanh(W v + b) with v the last
 * region or the mean of all, one matrix for each tensor of the state, as in sockeye; with layer
 * normalisation, before tanh.
 */
import { add, concat, matMul, split, tanh, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import { regionWidth } from '../attention/widths.js';
import { ModelInputError } from '../errors.js';
import { meanRegion, type Regions } from '../image/regions.js';
import { xavierIn, zeros } from '../initialisers.js';
import { Norm, normParameters } from '../layer-norm.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { stateParts, zeroCellState, type CellState } from '../recurrent/recurrent-layer.js';

export function initialStateParameters(spec: ArnnSpec): ParameterPlan[] {
  const { hidden, initialState, layerNorm } = spec;
  if (initialState === 'zero') return [];
  const region = regionWidth(spec);
  return tensorNames(spec).flatMap((name) => [
    { name: `${name}.weight`, shape: [region, hidden], start: xavierIn(region) },
    { name: `${name}.bias`, shape: [hidden], start: zeros },
    ...(layerNorm ? normParameters(`${name}.norm`, hidden) : []),
  ]);
}

export class InitialState {
  private readonly tensors: readonly StartTensor[];

  constructor(
    private readonly spec: ArnnSpec,
    weights: Weights,
  ) {
    this.tensors =
      spec.initialState === 'zero'
        ? []
        : tensorNames(spec).map((name) => new StartTensor(weights, name, spec.layerNorm));
  }

  /** All tensors of the state side by side, [images, tensors * hidden]; null where they are zero. */
  prepare({ memory, mask, global }: Regions): Tensor | null {
    const { initialState } = this.spec;
    if (initialState === 'zero') return null;
    const v = initialState === 'last' ? global() : meanRegion(memory, mask); // [images, region width]
    return concat(
      this.tensors.map((tensor) => tensor.from(v)),
      1,
    );
  }

  /** The state of each layer. `prepared`: of `rows` rows. */
  states(prepared: Tensor | null, rows: number): CellState[] {
    const { cell, hidden, layers } = this.spec;
    const all = Array.from({ length: layers });
    if (prepared === null) return all.map(() => zeroCellState(cell, rows, hidden));
    const parts = stateParts(cell);
    const tensors = split<Tensor>(prepared, layers * parts.length, 1);
    return all.map((_, layer) => {
      const [h, c = null] = tensors.slice(layer * parts.length, (layer + 1) * parts.length);
      if (h === undefined) throw new ModelInputError('The initial state has too few tensors.');
      return { h, c };
    });
  }
}

class StartTensor {
  private readonly weight: Tensor; // [region width, hidden]
  private readonly bias: Tensor; // [hidden]
  private readonly norm: Norm | null;

  constructor(weights: Weights, name: string, isNormalised: boolean) {
    this.weight = weightOf(weights, `${name}.weight`);
    this.bias = weightOf(weights, `${name}.bias`);
    this.norm = isNormalised ? new Norm(weights, `${name}.norm`) : null;
  }

  from(v: Tensor): Tensor {
    const sum = add(matMul(v, this.weight), this.bias);
    return tanh(this.norm === null ? sum : this.norm.apply(sum));
  }
}

/** `start.h1`, `start.c1`, `start.h2`, ... */
function tensorNames({ cell, layers }: ArnnSpec): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    stateParts(cell).map((part) => `start.${part}${layer + 1}`),
  ).flat();
}
