/**
 * Adam (Kingma & Ba 2015) as MXNet computes it: the bias correction goes into the step size, so
 * epsilon is outside the corrected square root. Clipping comes first.
 */
import {
  concat,
  div,
  maximum,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sum,
  tidy,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '@capgrid/contracts';
import { adamStep } from '@capgrid/ops';
import { CheckpointError } from '../errors.js';
import {
  assignArrays,
  disposeAll,
  toArrays,
  toVariables,
  type NamedArray,
  type ParameterGroup,
} from '../parameters.js';

const UNCLIPPED = { kind: 'none', value: 1 } as const;

export class Adam {
  private constructor(
    private readonly spec: OptimizerSpec,
    private readonly weights: ReadonlyMap<string, Variable>,
    private readonly groupOf: (name: string) => ParameterGroup,
    /** First and second moments, m and v of the paper. */
    private readonly m: Map<string, Variable>,
    private readonly v: Map<string, Variable>,
    /** t of the paper. */
    private updates: number,
  ) {}

  /**
   * @param moments of an earlier run, or null to start at zero
   * @param groupOf weights with a learning rate of their own; by default there is one group
   */
  static over(
    weights: ReadonlyMap<string, Variable>,
    spec: OptimizerSpec,
    moments: AdamMoments | null,
    groupOf: (name: string) => ParameterGroup = () => 'decoder',
  ): Adam {
    const { first, second, updates } = moments ?? zeroMoments(weights);
    return new Adam(spec, weights, groupOf, toVariables(first), toVariables(second), updates);
  }

  /** The weights that it updates. */
  trained(): Variable[] {
    return [...this.weights.values()];
  }

  /** Those of the weights, in the order of their step sizes. */
  groups(): ParameterGroup[] {
    return [...new Set([...this.weights.keys()].map((name) => this.groupOf(name)))];
  }

  /** Counts an update that is about to come: its step sizes, with the bias correction. */
  nextRates(learningRates: readonly number[]): number[] {
    this.updates += 1;
    const { beta1, beta2 } = this.spec;
    return learningRates.map(
      (rate) => (rate * Math.sqrt(1 - beta2 ** this.updates)) / (1 - beta1 ** this.updates),
    );
  }

  /**
   * Updates every weight; an engine may replay it, so it counts nothing. A group whose rate is 0
   * keeps its weights (a zero may lose its sign), while its moments go on.
   *
   * @param gradients by names of variables
   * @param rates [groups], of `nextRates`, in the order of `groups`
   * @returns the Euclidean norm over all gradients together before clipping, a scalar
   */
  update(gradients: Readonly<Record<string, Tensor>>, rates: Tensor): Tensor {
    const parameters = [...this.weights].map(([name, weight]) => {
      const gradient = gradients[weight.name];
      const m = this.m.get(name);
      const v = this.v.get(name);
      if (gradient === undefined || m === undefined || v === undefined) {
        throw new CheckpointError(`No gradient or moments for "${name}".`, 'Start training anew.');
      }
      return { group: this.groupOf(name), weight, gradient, m, v };
    });
    const groups = this.groups();
    if (groups.length === 1) return adamStep(rates, parameters, this.spec);
    return tidy(() => {
      const norm = globalNorm(parameters.map(({ gradient }) => gradient));
      const { clip } = this.spec;
      // By the norm of all groups together; each alone would clip by its own.
      const scale = clip.kind === 'norm' ? div(clip.value, maximum(norm, clip.value)) : null;
      const settings = scale === null ? this.spec : { ...this.spec, clip: UNCLIPPED };
      for (const [i, group] of groups.entries()) {
        const ofGroup = parameters
          .filter((parameter) => parameter.group === group)
          .map((one) => (scale === null ? one : { ...one, gradient: mul(one.gradient, scale) }));
        adamStep(slice(rates, [i], [1]), ofGroup, settings);
      }
      return norm;
    });
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

function globalNorm(gradients: readonly Tensor[]): Tensor {
  return sqrt(sum(concat(gradients.map((gradient) => reshape(sum(square(gradient)), [1])))));
}

function zerosLike(weights: ReadonlyMap<string, Variable>): NamedArray[] {
  return [...weights].map(([name, { shape, size }]) => ({
    name,
    shape: [...shape],
    values: new Float32Array(size),
  }));
}
