/**
 * Adam (Kingma & Ba 2015) as MXNet computes it: the bias correction goes into the step size, so
 * epsilon is outside the corrected square root. Weight decay comes first, as a term of the gradient,
 * then clipping.
 */
import {
  add,
  div,
  maximum,
  mul,
  slice,
  tidy,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { OptimizerSpec } from '@capgrid/contracts';
import { adamStep, globalNorm, type AdamParameter } from '@capgrid/ops';
import { elementOf } from '../element-of.js';
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
    /** t of the paper, of each group. */
    private updates: GroupUpdates,
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

  /** The weights that it updates in these groups; in all of them, if absent. */
  trained(groups: readonly ParameterGroup[] = this.groups()): Variable[] {
    return [...this.weights].flatMap(([name, weight]) =>
      groups.includes(this.groupOf(name)) ? [weight] : [],
    );
  }

  /** Those of the weights, in the order of their step sizes. */
  groups(): ParameterGroup[] {
    return [...new Set([...this.weights.keys()].map((name) => this.groupOf(name)))];
  }

  /**
   * Counts an update of these groups that is about to come: its step sizes, with the bias correction.
   *
   * @param learningRates of the groups
   */
  nextRates(
    learningRates: readonly number[],
    groups: readonly ParameterGroup[] = this.groups(),
  ): number[] {
    const { beta1, beta2 } = this.spec;
    return groups.map((group, i) => {
      const t = (this.updates[group] ?? 0) + 1;
      this.updates = { ...this.updates, [group]: t };
      return (elementOf(learningRates, i) * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    });
  }

  /**
   * Updates the weights of these groups and nothing of the others, whose gradients do not count in
   * the norm either; an engine may replay it, so it counts nothing.
   *
   * @param gradients by names of variables
   * @param rates [groups], of `nextRates` for the same groups
   * @returns the Euclidean norm over the gradients together, with decay and before clipping, a scalar
   */
  update(
    gradients: Readonly<Record<string, Tensor>>,
    rates: Tensor,
    groups: readonly ParameterGroup[] = this.groups(),
  ): Tensor {
    return tidy(() => {
      const parameters = this.parametersOf(groups, gradients);
      if (groups.length === 1) return adamStep(rates, parameters, this.spec);
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

  private parametersOf(
    groups: readonly ParameterGroup[],
    gradients: Readonly<Record<string, Tensor>>,
  ): (AdamParameter & { readonly group: ParameterGroup })[] {
    const { weightDecay } = this.spec;
    return [...this.weights].flatMap(([name, weight]) => {
      const group = this.groupOf(name);
      if (!groups.includes(group)) return [];
      const given = gradients[weight.name];
      const m = this.m.get(name);
      const v = this.v.get(name);
      if (given === undefined || m === undefined || v === undefined) {
        throw new CheckpointError(`No gradient or moments for "${name}".`, 'Start training anew.');
      }
      const gradient = weightDecay === 0 ? given : add(given, mul(weight, weightDecay));
      return [{ group, weight, gradient, m, v }];
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
  readonly updates: GroupUpdates;
}

/** Updates of each group of weights; none where a group is absent. */
export type GroupUpdates = Readonly<Partial<Record<ParameterGroup, number>>>;

function zeroMoments(weights: ReadonlyMap<string, Variable>): AdamMoments {
  return { first: zerosLike(weights), second: zerosLike(weights), updates: {} };
}

function zerosLike(weights: ReadonlyMap<string, Variable>): NamedArray[] {
  return [...weights].map(([name, { shape, size }]) => ({
    name,
    shape: [...shape],
    values: new Float32Array(size),
  }));
}
