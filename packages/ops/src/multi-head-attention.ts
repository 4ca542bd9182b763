/** Scaled dot-product attention with several heads in one operation. */
import {
  broadcastTo,
  clone,
  customGrad,
  lessEqual,
  logicalAnd,
  matMul,
  mul,
  range,
  reshape,
  transpose,
  zerosLike,
  type GradConfig,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { maskedSoftmax } from './attention-mask.js';
import { expectParts, expectPositive, expectTensor } from './expect-tensor.js';
import { numberOf, ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/** Kernel: `MultiHeadAttentionInputs`, `MultiHeadAttentionAttrs` -> [context, alpha]. */
export const MultiHeadAttention = 'MultiHeadAttention';
export type MultiHeadAttentionInputs = Pick<NamedTensorInfoMap, 'query' | 'keys' | 'values'> & {
  mask?: TensorInfo;
};
export interface MultiHeadAttentionAttrs {
  readonly heads: number;
  /** Factor of the scores, 1 / sqrt(width of a head) in the paper. */
  readonly scale: number;
  /** Query t sees the keys 0 to t only. */
  readonly isCausal: boolean;
}

/** Kernel: `MultiHeadAttentionGradInputs`, `MultiHeadAttentionGradAttrs` -> [dQuery, dKeys, dValues]. */
export const MultiHeadAttentionGrad = 'MultiHeadAttentionGrad';
export type MultiHeadAttentionGradInputs = Pick<
  NamedTensorInfoMap,
  'dContext' | 'query' | 'keys' | 'values' | 'alpha'
>;
export type MultiHeadAttentionGradAttrs = Omit<MultiHeadAttentionAttrs, 'isCausal'>;

export interface MultiHeadAttentionTensors {
  /** float32 [batch, queries, model] */
  readonly query: Tensor;
  /** float32 [batch, keys, model] */
  readonly keys: Tensor;
  /** float32 [batch, keys, model] */
  readonly values: Tensor;
  /** bool [batch, keys]: true takes part. Absent: all do. */
  readonly mask?: Tensor;
  /**
   * Dropout of the weights, float32 [batch, heads, queries, keys], 0 or 1 / (1 - probability): the
   * context is that of alpha times this. Always the composed form.
   */
  readonly dropout?: Tensor;
}

export interface MultiHeadAttended {
  readonly context: Tensor; // [batch, queries, model]
  /** [batch, heads, queries, keys], before dropout. To look at: no gradient flows through it. */
  readonly alpha: Tensor;
}

/**
 * Vaswani et al. 2017, eq. 1 and section 3.2.2, without the projections: the model axis is split
 * into `heads` blocks; per head alpha = softmax(scale q k^T), context = alpha v, blocks joined. A
 * query that may see no key has the context 0.
 *
 * @throws OpInputError where a dtype, shape or setting does not fit.
 */
export function multiHeadAttention(
  tensors: MultiHeadAttentionTensors,
  attrs: MultiHeadAttentionAttrs,
): MultiHeadAttended {
  const { query, keys, values, mask, dropout } = tensors;
  const { heads, scale, isCausal } = attrs;
  const op = 'multiHeadAttention';
  const shape = expectTensor(op, 'query', query, 'float32', ['batch', 'queries', 'model']);
  const [batch = 0, queries = 0, model = 0] = shape;
  const [, count = 0] = expectTensor(op, 'keys', keys, 'float32', [batch, 'keys', model]);
  expectTensor(op, 'values', values, 'float32', [batch, count, model]);
  if (mask !== undefined) expectTensor(op, 'mask', mask, 'bool', [batch, count]);
  expectParts(op, 'the model axis', model, heads);
  expectPositive(op, 'scale', scale);
  if (dropout !== undefined) {
    expectTensor(op, 'dropout', dropout, 'float32', [batch, heads, queries, count]);
    return multiHeadAttentionComposed(tensors, attrs);
  }
  if (!hasKernel(MultiHeadAttention)) return multiHeadAttentionComposed(tensors, attrs);
  const inputs = { query, keys, values, ...(mask === undefined ? {} : { mask }) };
  const results = runKernel(MultiHeadAttention, inputs, { heads, scale, isCausal }, 2);
  return { context: pick(results, 0), alpha: pick(results, 1) };
}

/** `multiHeadAttention` from tfjs-core's operations, without the checks. */
export function multiHeadAttentionComposed(
  { query, keys, values, mask, dropout }: MultiHeadAttentionTensors,
  attrs: MultiHeadAttentionAttrs,
): MultiHeadAttended {
  const { heads, isCausal } = attrs;
  const [batch = 0, queries = 0] = query.shape;
  const seen = visible(mask, isCausal, [batch, heads, queries, keys.shape[1] ?? 0]);
  return attendByHead(query, byHead(keys, heads), byHead(values, heads), attrs, seen, dropout);
}

/**
 * Keys or values, [batch, keys, model], as `attendPrepared` reads them. For a decoder that asks one
 * query after the other of the same keys: sorting them by head each time, as the composed form must,
 * would cost more than the attention.
 */
export function prepareHeads(x: Tensor, heads: number): Tensor {
  return hasKernel(MultiHeadAttention) ? x : byHead(x, heads);
}

/** `multiHeadAttention`, not causal, over keys and values from `prepareHeads`. */
export function attendPrepared(
  tensors: Omit<MultiHeadAttentionTensors, 'dropout'>,
  { heads, scale }: MultiHeadAttentionGradAttrs,
): MultiHeadAttended {
  const attrs = { heads, scale, isCausal: false };
  if (hasKernel(MultiHeadAttention)) return multiHeadAttention(tensors, attrs);
  const { query, keys, values, mask } = tensors;
  const [batch = 0, queries = 0] = query.shape;
  const seen = visible(mask, false, [batch, heads, queries, keys.shape[2] ?? 0]);
  return attendByHead(query, keys, values, attrs, seen);
}

/** `keys` and `values`: [batch, heads, keys, width]. */
function attendByHead(
  query: Tensor,
  keys: Tensor,
  values: Tensor,
  { heads, scale }: MultiHeadAttentionGradAttrs,
  seen: Tensor | null,
  dropout?: Tensor,
): MultiHeadAttended {
  const scores = matMul(mul(byHead(query, heads), scale), keys, false, true);
  const alpha = maskedSoftmax(scores, seen);
  const kept = dropout === undefined ? alpha : mul(alpha, dropout);
  const byRow = matMul(kept, values); // [batch, heads, queries, width]
  const context = query.shape[1] === 1 || heads === 1 ? byRow : transpose(byRow, [0, 2, 1, 3]);
  return { context: reshape(context, query.shape), alpha: detached(alpha) };
}

/** [batch, n, model] -> [batch, heads, n, width] */
function byHead(x: Tensor, heads: number): Tensor {
  const [batch = 0, n = 0, model = 0] = x.shape;
  const width = model / heads;
  // With one row or one head, the order of the axes does not change that of the numbers.
  if (n === 1 || heads === 1) return reshape(x, [batch, heads, n, width]);
  return transpose(reshape(x, [batch, n, heads, width]), [0, 2, 1, 3]);
}

/** bool [batch, heads, queries, keys], or null where every query sees every key. */
function visible(
  mask: Tensor | undefined,
  isCausal: boolean,
  shape: [number, number, number, number],
): Tensor | null {
  const [batch, , queries, count] = shape;
  const inMask =
    mask === undefined ? null : broadcastTo(reshape(mask, [batch, 1, 1, count]), shape);
  if (!isCausal) return inMask;
  const earlier = lessEqual(
    reshape(range(0, count, 1, 'int32'), [1, count]),
    reshape(range(0, queries, 1, 'int32'), [queries, 1]),
  );
  const inOrder = broadcastTo(reshape(earlier, [1, 1, queries, count]), shape);
  return inMask === null ? inOrder : logicalAnd(inMask, inOrder);
}

/** The same values without a gradient, as the fused kernel has none either. */
function detached(alpha: Tensor): Tensor {
  return customGrad(() => ({ value: clone(alpha), gradFunc: (dy: Tensor) => zerosLike(dy) }))(
    alpha,
  );
}

export const multiHeadAttentionGradient: GradConfig = {
  kernelName: MultiHeadAttention,
  inputsToSave: ['query', 'keys', 'values'],
  outputsToSave: [false, true],
  gradFunc: ofSeveral((dys, saved, attrs) => {
    const inputs = {
      dContext: pick(dys, 0),
      query: pick(saved, 0),
      keys: pick(saved, 1),
      values: pick(saved, 2),
      alpha: pick(saved, 3),
    };
    const settings = { heads: numberOf(attrs, 'heads'), scale: numberOf(attrs, 'scale') };
    const results = runKernel(MultiHeadAttentionGrad, inputs, settings, 3);
    return { query: pick(results, 0), keys: pick(results, 1), values: pick(results, 2) };
  }),
};
