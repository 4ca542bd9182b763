/**
 * Adam (Kingma & Ba 2015) as MXNet computes it: the bias correction goes into the step size, so
 * epsilon is outside the corrected square root. Clipping comes first.
 */
import {
  add,
  clipByValue,
  concat,
  div,
  maximum,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '@capgrid/contracts';
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

  /** Updates every weight. `step` counts from 1. Keys of `gradients` are names of variables. */
  update(gradients: Readonly<Record<string, Tensor>>, step: number, learningRate: number): void {
    const { beta1, beta2, epsilon } = this.spec;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    tidy(() => {
      const clipped = this.clip(gradients);
      for (const [name, weight] of this.weights) {
        const gradient = clipped.get(name);
        const m = this.m.get(name);
        const v = this.v.get(name);
        if (gradient === undefined || m === undefined || v === undefined) {
          throw new CheckpointError(
            `No gradient or moments for "${name}".`,
            'Start training anew.',
          );
        }
        m.assign(add(mul(m, beta1), mul(gradient, 1 - beta1)));
        v.assign(add(mul(v, beta2), mul(square(gradient), 1 - beta2)));
        weight.assign(sub(weight, mul(div(m, add(sqrt(v), epsilon)), rate)));
      }
    });
  }

  async moments(): Promise<AdamMoments> {
    return { first: await toArrays(this.m), second: await toArrays(this.v) };
  }

  dispose(): void {
    disposeAll(this.m);
    disposeAll(this.v);
  }

  private clip(gradients: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
    const { kind, value } = this.spec.clip;
    const named = new Map<string, Tensor>();
    for (const [name, weight] of this.weights) {
      const gradient = gradients[weight.name];
      if (gradient !== undefined) named.set(name, gradient);
    }
    if (kind === 'none') return named;
    const scale = kind === 'norm' ? div(value, maximum(globalNorm(gradients), value)) : null;
    return new Map(
      [...named].map(([name, gradient]) => [
        name,
        scale === null ? clipByValue(gradient, -value, value) : mul(gradient, scale),
      ]),
    );
  }
}

export interface AdamMoments {
  readonly first: readonly NamedArray[];
  readonly second: readonly NamedArray[];
}

/** Euclidean norm over all gradients together. */
export function globalNorm(gradients: Readonly<Record<string, Tensor>>): Scalar {
  const squares = Object.values(gradients).map((g) => reshape(sum(square(g)), [1]));
  return sqrt(sum(concat(squares)));
}

function zerosLike(weights: ReadonlyMap<string, Variable>): NamedArray[] {
  return [...weights].map(([name, { shape, size }]) => ({
    name,
    shape: [...shape],
    values: new Float32Array(size),
  }));
}
