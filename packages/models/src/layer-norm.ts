/** Layer normalisation with its scale and shift (Ba, Kiros & Hinton 2016, eq. 3-4). */
import type { Tensor } from '@tensorflow/tfjs-core';
import { layerNorm } from '@capgrid/ops';
import { ones, zeros } from './initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from './parameters.js';

/** Added to the variance, as in sockeye. */
const EPSILON = 1e-6;

export function normParameters(name: string, width: number): ParameterPlan[] {
  return [
    { name: `${name}.gamma`, shape: [width], start: ones },
    { name: `${name}.beta`, shape: [width], start: zeros },
  ];
}

export class Norm {
  private readonly gamma: Tensor; // [width]
  private readonly beta: Tensor; // [width]

  constructor(weights: Weights, name: string) {
    this.gamma = weightOf(weights, `${name}.gamma`);
    this.beta = weightOf(weights, `${name}.beta`);
  }

  /** Over the last axis of x [..., width]. */
  apply(x: Tensor): Tensor {
    return layerNorm(x, this.gamma, this.beta, EPSILON);
  }
}
