/** Additive attention of one query per row: scores, softmax and context in one operation. */
import {
  add,
  expandDims,
  matMul,
  reshape,
  tanh,
  type GradConfig,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { maskedSoftmax } from './attention-mask.js';
import { expectTensor } from './expect-tensor.js';
import { ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/** Kernel: `MlpAttentionInputs` -> [context, alpha]. No attributes; `mask` may be absent. */
export const MlpAttention = 'MlpAttention';
export type MlpAttentionInputs = Pick<NamedTensorInfoMap, 'keys' | 'query' | 'score' | 'values'> & {
  mask?: TensorInfo;
};

/** Kernel: `MlpAttentionGradInputs` -> [dKeys, dQuery, dScore, dValues]. */
export const MlpAttentionGrad = 'MlpAttentionGrad';
export type MlpAttentionGradInputs = Pick<
  NamedTensorInfoMap,
  'dContext' | 'dAlpha' | 'keys' | 'query' | 'score' | 'values' | 'alpha'
>;

export interface MlpAttentionTensors {
  /** float32 [batch, regions, width]: W_e v_k, projected once per image. */
  readonly keys: Tensor;
  /** float32 [batch, width]: W_q q. */
  readonly query: Tensor;
  /** float32 [width]: w. */
  readonly score: Tensor;
  /** float32 [batch, regions, channels]: v_k. */
  readonly values: Tensor;
  /** bool [batch, regions]: true takes part. Absent: all do. */
  readonly mask?: Tensor;
}

export interface MlpAttended {
  readonly context: Tensor; // [batch, channels]
  readonly alpha: Tensor; // [batch, regions]
}

/**
 * score_k = w · tanh(W_e v_k + W_q q), alpha = softmax of the scores, context = sum_k alpha_k v_k
 * (Bahdanau et al. 2015, section A.1.2, without biases). Regions that the mask leaves out have
 * weight 0; a row that leaves all out has the context 0.
 *
 * @throws OpInputError where a dtype or shape differs.
 */
export function mlpAttention(tensors: MlpAttentionTensors): MlpAttended {
  const { keys, query, score, values, mask } = tensors;
  const op = 'mlpAttention';
  const shape = expectTensor(op, 'keys', keys, 'float32', ['batch', 'regions', 'width']);
  const [batch = 0, regions = 0, width = 0] = shape;
  expectTensor(op, 'query', query, 'float32', [batch, width]);
  expectTensor(op, 'score', score, 'float32', [width]);
  expectTensor(op, 'values', values, 'float32', [batch, regions, 'channels']);
  if (mask !== undefined) expectTensor(op, 'mask', mask, 'bool', [batch, regions]);
  if (!hasKernel(MlpAttention)) return mlpAttentionComposed(tensors);
  const inputs = { keys, query, score, values, ...(mask === undefined ? {} : { mask }) };
  const results = runKernel(MlpAttention, inputs, {}, 2);
  return { context: pick(results, 0), alpha: pick(results, 1) };
}

/** `mlpAttention` from tfjs-core's operations, without the checks. */
export function mlpAttentionComposed(tensors: MlpAttentionTensors): MlpAttended {
  const { keys, query, score, values, mask } = tensors;
  const [batch = 0, regions = 0, width = 0] = keys.shape;
  const mixed = tanh(add(keys, expandDims(query, 1))); // [batch, regions, width]
  const product = matMul(reshape(mixed, [batch * regions, width]), reshape(score, [width, 1]));
  const scores = reshape(product, [batch, regions]);
  const alpha = maskedSoftmax(scores, mask ?? null);
  const context = matMul(expandDims(alpha, 1), values); // [batch, 1, channels]
  return { context: reshape(context, [batch, values.shape[2] ?? 0]), alpha };
}

export const mlpAttentionGradient: GradConfig = {
  kernelName: MlpAttention,
  inputsToSave: ['keys', 'query', 'score', 'values'],
  outputsToSave: [false, true],
  gradFunc: ofSeveral((dys, saved) => {
    const inputs = {
      dContext: pick(dys, 0),
      dAlpha: pick(dys, 1),
      keys: pick(saved, 0),
      query: pick(saved, 1),
      score: pick(saved, 2),
      values: pick(saved, 3),
      alpha: pick(saved, 4),
    };
    const results = runKernel(MlpAttentionGrad, inputs, {}, 4);
    return {
      keys: pick(results, 0),
      query: pick(results, 1),
      score: pick(results, 2),
      values: pick(results, 3),
    };
  }),
};
