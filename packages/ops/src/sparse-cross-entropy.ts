/** Softmax and cross-entropy on word ids in one operation, with label smoothing and padding. */
import {
  add,
  cast,
  logSoftmax,
  mul,
  neg,
  notEqual,
  oneHot,
  scalar,
  sum,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { OpInputError } from './errors.js';
import { expectTensor } from './expect-tensor.js';
import { ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/**
 * Kernel: `SparseCrossEntropyInputs`, `SparseCrossEntropyAttrs` -> [loss, logTotal], each [rows];
 * logTotal = log sum_v exp(logits_v - max logits), any number in rows left out. Large logits would
 * take digits from log sum_v exp(logits_v) itself.
 */
export const SparseSoftmaxCrossEntropy = 'SparseSoftmaxCrossEntropy';
export type SparseCrossEntropyInputs = Pick<NamedTensorInfoMap, 'logits' | 'labels'>;
export interface SparseCrossEntropyAttrs {
  /** Probability taken from the label and spread over the other words: 0 <= smoothing < 1. */
  readonly smoothing: number;
  /** Rows with this label have the loss 0; null: every row counts. */
  readonly padId: number | null;
}

/** Kernel: `SparseCrossEntropyGradInputs`, `SparseCrossEntropyAttrs` -> [dLogits]. */
export const SparseSoftmaxCrossEntropyGrad = 'SparseSoftmaxCrossEntropyGrad';
export type SparseCrossEntropyGradInputs = Pick<
  NamedTensorInfoMap,
  'dLoss' | 'logits' | 'labels' | 'logTotal'
>;

/**
 * loss = -sum_v t_v log softmax(logits)_v with t = 1 - s on the label and s / (vocabulary - 1) on
 * each other word (Szegedy et al. 2016, section 7, in sockeye's form).
 *
 * @param logits float32 [rows, vocabulary].
 * @param labels int32 [rows], each from 0 to vocabulary - 1 or `padId`, whatever that is. Others are
 *   an error in the engine libtorch on the CPU; on a GPU, where a check would wait for the device, the
 *   nearest word stands in, and in the composed form no word is the label.
 * @returns the loss of each row in nats, [rows].
 * @throws OpInputError where a dtype, shape or setting does not fit.
 */
export function sparseCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  attrs: SparseCrossEntropyAttrs,
): Tensor {
  const op = 'sparseCrossEntropy';
  const shape = expectTensor(op, 'logits', logits, 'float32', ['rows', 'vocabulary']);
  const [rows = 0, vocabulary = 0] = shape;
  expectTensor(op, 'labels', labels, 'int32', [rows]);
  const { smoothing } = attrs;
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new OpInputError(op, `smoothing should be from 0 to below 1, got ${smoothing}.`);
  }
  if (smoothing > 0 && vocabulary < 2) {
    throw new OpInputError(op, `smoothing needs 2 words or more, logits have ${vocabulary}.`);
  }
  if (!hasKernel(SparseSoftmaxCrossEntropy))
    return sparseCrossEntropyComposed(logits, labels, attrs);
  return pick(runKernel(SparseSoftmaxCrossEntropy, { logits, labels }, asAttrMap(attrs), 2), 0);
}

/** `sparseCrossEntropy` from tfjs-core's operations, without the checks. */
export function sparseCrossEntropyComposed(
  logits: Tensor,
  labels: Tensor,
  { smoothing, padId }: SparseCrossEntropyAttrs,
): Tensor {
  const vocabulary = logits.shape[1] ?? 0;
  const hot = cast(oneHot(labels, vocabulary), 'float32'); // [rows, vocabulary]
  const rest = smoothing === 0 ? 0 : smoothing / (vocabulary - 1);
  const target = smoothing === 0 ? hot : add(mul(hot, 1 - smoothing - rest), rest);
  const loss = neg(sum(mul(target, logSoftmax(logits)), 1));
  if (padId === null) return loss;
  return mul(loss, cast(notEqual(labels, scalar(padId, 'int32')), 'float32'));
}

export const sparseCrossEntropyGradient: GradConfig = {
  kernelName: SparseSoftmaxCrossEntropy,
  inputsToSave: ['logits', 'labels'],
  outputsToSave: [false, true],
  gradFunc: ofSeveral((dys, saved, attrs) => {
    const inputs = {
      dLoss: pick(dys, 0),
      logits: pick(saved, 0),
      labels: pick(saved, 1),
      logTotal: pick(saved, 2),
    };
    return { logits: pick(runKernel(SparseSoftmaxCrossEntropyGrad, inputs, attrs, 1), 0) };
  }),
};

/** The type of kernel attributes knows no null, the values do. */
function asAttrMap(attrs: SparseCrossEntropyAttrs): NamedAttrMap {
  return Object.assign<NamedAttrMap, SparseCrossEntropyAttrs>({}, attrs);
}
