/**
 * Additive attention of a decoder that asks one query after the other of the same keys. Their
 * gradients are as large as the regions of all images; summed up in place, they are written once per
 * query instead of made, added and freed.
 */
import { customGrad, zerosLike, type NamedTensorInfoMap, type Tensor } from '@tensorflow/tfjs-core';
import { GradientError } from './errors.js';
import { pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';
import { mlpAttention, type MlpAttended, type MlpAttentionTensors } from './mlp-attention.js';
import { noGradient, tieTo } from './shared-gradient.js';

/** Kernel: `MlpAttentionGradSumInputs` -> [dQuery]. It adds to dKeys, dScore and dValues in place. */
export const MlpAttentionGradSum = 'MlpAttentionGradSum';
export type MlpAttentionGradSumInputs = Pick<
  NamedTensorInfoMap,
  'dContext' | 'keys' | 'query' | 'score' | 'values' | 'alpha' | 'dKeys' | 'dScore' | 'dValues'
>;

export interface SequenceAttended {
  readonly context: Tensor; // [batch, channels]
  /** The weights, [batch, regions], for who asks: training does not, and a kernel would compute them again. */
  readonly alpha: () => Tensor;
}

interface Sums {
  readonly dKeys: Tensor;
  readonly dScore: Tensor;
  readonly dValues: Tensor;
}

export class MlpAttentionSequence {
  private tie: Tensor | null = null;
  /** From the last query of the sequence, where the way back begins, to the first. */
  private sums: Sums | null = null;

  /** One object serves one sequence. Shapes as `mlpAttention` takes them. */
  constructor(private readonly shared: Omit<MlpAttentionTensors, 'query'>) {}

  /**
   * `mlpAttention` of the next query, [batch, width], with a gradient made for sequences where the
   * engine has it. Queries have their part in the gradients of keys, score and values also where they
   * are constants.
   *
   * @throws OpInputError where a dtype or shape differs.
   */
  attend(query: Tensor): SequenceAttended {
    if (hasKernel(MlpAttentionGradSum)) {
      return { context: this.context(query), alpha: () => this.attendAlone(query).alpha };
    }
    const { context, alpha } = this.attendAlone(query);
    return { context, alpha: () => alpha };
  }

  private attendAlone(query: Tensor): MlpAttended {
    return mlpAttention({ ...this.shared, query });
  }

  private context(query: Tensor): Tensor {
    const { keys, score, values } = this.shared;
    const attend = customGrad((...inputs) => {
      const save = inputs.at(-1);
      const { context, alpha } = this.attendAlone(query);
      if (typeof save === 'function') save([keys, query, score, values, alpha]);
      return {
        value: context,
        gradFunc: (dContext: Tensor, saved: Tensor[]) => [
          this.addGradients(dContext, saved),
          noGradient(),
        ],
      };
    });
    return attend(query, this.tied());
  }

  /** A tie that was freed belonged to an earlier forward pass, and so did the sums. */
  private tied(): Tensor {
    if (this.tie === null || this.tie.isDisposed) {
      const { keys, score, values } = this.shared;
      this.sums = null;
      this.tie = tieTo([keys, score, values], () => this.takeSums());
    }
    return this.tie;
  }

  private takeSums(): Tensor[] {
    const { sums } = this;
    if (sums === null) throw new GradientError('a sequence of queries has no gradient');
    this.sums = null;
    return [sums.dKeys, sums.dScore, sums.dValues];
  }

  /** @returns dQuery */
  private addGradients(dContext: Tensor, saved: readonly Tensor[]): Tensor {
    const [keys, query, score] = [pick(saved, 0), pick(saved, 1), pick(saved, 2)];
    const [values, alpha] = [pick(saved, 3), pick(saved, 4)];
    this.sums ??= {
      dKeys: zerosLike(keys),
      dScore: zerosLike(score),
      dValues: zerosLike(values),
    };
    const inputs = { dContext, keys, query, score, values, alpha, ...this.sums };
    return pick(runKernel(MlpAttentionGradSum, inputs, {}, 1), 0);
  }
}
