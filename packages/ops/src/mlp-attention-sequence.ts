/**
 * Additive attention of a decoder that asks one query after the other of the same keys. Their
 * gradients are as large as the regions of all images; summed up in place, they are written once per
 * query instead of made, added and freed.
 */
import { customGrad, zerosLike, type NamedTensorInfoMap, type Tensor } from '@tensorflow/tfjs-core';
import { pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';
import { mlpAttention, type MlpAttended, type MlpAttentionTensors } from './mlp-attention.js';

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
  private isUsed = false;
  /** From the last query of the sequence, where the way back begins, to the first. */
  private sums: Sums | null = null;

  /** One object serves one sequence: see `context`. Shapes as `mlpAttention` takes them. */
  constructor(private readonly shared: Omit<MlpAttentionTensors, 'query'>) {}

  /**
   * `mlpAttention` of the next query, [batch, width], with a gradient made for sequences where the
   * engine has it. Only the first call is tied to keys, score and values in tfjs-core's record, which
   * is read from its end: when the gradient arrives there, that of every later call is in the sums.
   * So the first call must have a part in the loss, as a recurrence's has.
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
    const isFirst = !this.isUsed;
    this.isUsed = true;
    const { keys, score, values } = this.shared;
    const attend = customGrad((...inputs) => {
      const save = inputs.at(-1);
      const { context, alpha } = this.attendAlone(query);
      if (typeof save === 'function') save([keys, query, score, values, alpha]);
      return {
        value: context,
        gradFunc: (dContext: Tensor, saved: Tensor[]) => {
          const { dQuery, sums } = this.addGradients(dContext, saved);
          if (!isFirst) return [dQuery];
          this.sums = null;
          return [dQuery, sums.dKeys, sums.dScore, sums.dValues];
        },
      };
    });
    return isFirst ? attend(query, keys, score, values) : attend(query);
  }

  private addGradients(dContext: Tensor, saved: readonly Tensor[]): { dQuery: Tensor; sums: Sums } {
    const [keys, query, score] = [pick(saved, 0), pick(saved, 1), pick(saved, 2)];
    const [values, alpha] = [pick(saved, 3), pick(saved, 4)];
    this.sums ??= {
      dKeys: zerosLike(keys),
      dScore: zerosLike(score),
      dValues: zerosLike(values),
    };
    const inputs = { dContext, keys, query, score, values, alpha, ...this.sums };
    return { dQuery: pick(runKernel(MlpAttentionGradSum, inputs, {}, 1), 0), sums: this.sums };
  }
}
