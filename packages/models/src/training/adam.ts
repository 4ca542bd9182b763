/**
 * Adam (Kingma & Ba 2015) as MXNet computes it: the bias correction goes into the step size, so
 * epsilon is outside the corrected square root. Clipping comes first.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '@capgrid/contracts';
import { adamStep } from '@capgrid/ops';
import { CheckpointError } from '../errors.js';
import { disposeAll, toArrays, toVariables, type NamedArray } from '../parameters.js';

export class Adam {
  private constructor(
    private readonly spec: OptimizerSpec,
    private readonly weights: ReadonlyMap<string, Variable>,
    /** First and second moments, m and v of the paper. */
    private readonly m: Map<string, Variable>,
    private readonly v: Map<string, Variable>,
  ) {}

  /** `moments`: of an earlier run, or null to start at zero. */
  static over(
    weights: ReadonlyMap<string, Variable>,
    spec: OptimizerSpec,
    moments: AdamMoments | null,
  ): Adam {
    const start = moments ?? { first: zerosLike(weights), second: zerosLike(weights) };
    return new Adam(spec, weights, toVariables(start.first), toVariables(start.second));
  }

  /** The weights that it updates. */
  trained(): Variable[] {
    return [...this.weights.values()];
  }

  /** Step size with the bias correction. `step` counts from 1. */
  rate(step: number, learningRate: number): number {
    const { beta1, beta2 } = this.spec;
    return (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
  }

  /**
   * Updates every weight. Keys of `gradients` are names of variables; `rate`: [1], from `rate`.
   * Returns the Euclidean norm over all gradients together before clipping, a scalar.
   */
  update(gradients: Readonly<Record<string, Tensor>>, rate: Tensor): Tensor {
    const parameters = [...this.weights].map(([name, weight]) => {
      const gradient = gradients[weight.name];
      const m = this.m.get(name);
      const v = this.v.get(name);
      if (gradient === undefined || m === undefined || v === undefined) {
        throw new CheckpointError(`No gradient or moments for "${name}".`, 'Start training anew.');
      }
      return { weight, gradient, m, v };
    });
    return adamStep(rate, parameters, this.spec);
  }

  async moments(): Promise<AdamMoments> {
    return { first: await toArrays(this.m), second: await toArrays(this.v) };
  }

  dispose(): void {
    disposeAll(this.m);
    disposeAll(this.v);
  }
}

export interface AdamMoments {
  readonly first: readonly NamedArray[];
  readonly second: readonly NamedArray[];
}

function zerosLike(weights: ReadonlyMap<string, Variable>): NamedArray[] {
  return [...weights].map(([name, { shape, size }]) => ({
    name,
    shape: [...shape],
    values: new Float32Array(size),
  }));
}
