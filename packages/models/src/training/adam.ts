/**
 * Adam (Kingma & Ba 2015) as MXNet computes it: the bias correction goes into the step size, so
 * epsilon is outside the corrected square root. Clipping comes first.
 */
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '@capgrid/contracts';
import { adamStep } from '@capgrid/ops';
import { CheckpointError } from '../errors.js';
import { assignArrays, disposeAll, toArrays, toVariables, type NamedArray } from '../parameters.js';

export class Adam {
  private constructor(
    private readonly spec: OptimizerSpec,
    private readonly weights: ReadonlyMap<string, Variable>,
    /** First and second moments, m and v of the paper. */
    private readonly m: Map<string, Variable>,
    private readonly v: Map<string, Variable>,
    /** t of the paper. */
    private updates: number,
  ) {}

  /** `moments`: of an earlier run, or null to start at zero. */
  static over(
    weights: ReadonlyMap<string, Variable>,
    spec: OptimizerSpec,
    moments: AdamMoments | null,
  ): Adam {
    const { first, second, updates } = moments ?? zeroMoments(weights);
    return new Adam(spec, weights, toVariables(first), toVariables(second), updates);
  }

  /** The weights that it updates. */
  trained(): Variable[] {
    return [...this.weights.values()];
  }

  /** Counts an update that is about to come: its step size, with the bias correction. */
  nextRate(learningRate: number): number {
    this.updates += 1;
    const { beta1, beta2 } = this.spec;
    return (learningRate * Math.sqrt(1 - beta2 ** this.updates)) / (1 - beta1 ** this.updates);
  }

  /**
   * Updates every weight; an engine may replay it, so it counts nothing. Keys of `gradients` are names of variables; `rate`: [1], from `nextRate`.
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
    const { m, v, updates } = this;
    return { first: await toArrays(m), second: await toArrays(v), updates };
  }

  /** Goes on from earlier moments; null: from zero. */
  restore(moments: AdamMoments | null): void {
    const { first, second, updates } = moments ?? zeroMoments(this.weights);
    assignArrays(this.m, first);
    assignArrays(this.v, second);
    this.updates = updates;
  }

  dispose(): void {
    disposeAll(this.m);
    disposeAll(this.v);
  }
}

export interface AdamMoments {
  readonly first: readonly NamedArray[];
  readonly second: readonly NamedArray[];
  /** That the moments have seen. */
  readonly updates: number;
}

function zeroMoments(weights: ReadonlyMap<string, Variable>): AdamMoments {
  return { first: zerosLike(weights), second: zerosLike(weights), updates: 0 };
}

function zerosLike(weights: ReadonlyMap<string, Variable>): NamedArray[] {
  return [...weights].map(([name, { shape, size }]) => ({
    name,
    shape: [...shape],
    values: new Float32Array(size),
  }));
}
