/**
 * FCN of Bazzani, Domhan & Hieber 2018 with one block, as in sockeye <= 1.18.10: learned positions,
 * causal convolution with gated linear unit (Gehring et al. 2017), unscaled dot attention.
 *
 * Moves to `packages/models` when the FCN comes there.
 */
import {
  add,
  concat,
  gather,
  matMul,
  mul,
  reshape,
  sigmoid,
  slice,
  softmax,
  split,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Captioner, Weights } from './captioner.js';
import { weightOf } from './captioner.js';
import type { Sizes } from '../sizes.js';
import { encodeRegions, regionParameters } from './regions.js';
import { constant, matrix } from './start-values.js';
import { stepOf } from './step-of.js';

export const fcn: Captioner = {
  parameters: (sizes) => {
    const { hidden, vocabulary, kernel, maxWords } = sizes;
    return [
      ...regionParameters(sizes),
      matrix('embedding', [vocabulary, hidden], hidden),
      matrix('positions', [maxWords, hidden], hidden),
      matrix('input.weight', [hidden, hidden], hidden),
      // Rows: the oldest word's values, ..., this word's values. Columns: values, then gates.
      matrix('convolution.weight', [kernel * hidden, 2 * hidden], kernel * hidden),
      constant('convolution.bias', [2 * hidden], 0),
      matrix('output.weight', [vocabulary, hidden], hidden),
      constant('output.bias', [vocabulary], 0),
    ];
  },

  trainingStep: (weights, sizes, adam) =>
    stepOf(weights, adam, (features, ids) => decode(weights, sizes, features, ids)),
};

function decode(weights: Weights, sizes: Sizes, features: Tensor, ids: Tensor): Tensor {
  const { batch, words, hidden } = sizes;
  const regions = encodeRegions(weights, sizes, features); // [batch, regions, hidden]
  const embedded = gather(weightOf(weights, 'embedding'), ids);
  const positions = slice(weightOf(weights, 'positions'), [0, 0], [words, hidden]);
  const placed = add(reshape(embedded, [batch, words, hidden]), positions);
  const rows = matMul(reshape(placed, [-1, hidden]), weightOf(weights, 'input.weight'));
  const x = reshape(rows, [batch, words, hidden]);

  const unit = gatedConvolution(weights, sizes, x); // [batch, words, hidden]
  const alpha = softmax(matMul(unit, regions, false, true)); // [batch, words, regions]
  return reshape(add(add(x, unit), matMul(alpha, regions)), [-1, hidden]);
}

/** The convolution as one product: each row holds the last `kernel` words. */
function gatedConvolution(
  weights: Weights,
  { batch, words, hidden, kernel }: Sizes,
  x: Tensor,
): Tensor {
  const padded = concat([zeros([batch, kernel - 1, hidden]), x], 1);
  const shifted = Array.from({ length: kernel }, (_, k) =>
    slice(padded, [0, k, 0], [batch, words, hidden]),
  );
  const windows = reshape(concat(shifted, 2), [batch * words, kernel * hidden]);
  const product = add(
    matMul(windows, weightOf(weights, 'convolution.weight')),
    weightOf(weights, 'convolution.bias'),
  );
  const [values, gates] = split<Tensor>(product, 2, 1);
  if (values === undefined || gates === undefined) throw new RangeError('No halves.');
  return reshape(mul(values, sigmoid(gates)), [batch, words, hidden]);
}
