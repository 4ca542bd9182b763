/**
 * SAT of Bazzani, Domhan & Hieber 2018 with one block, post-norm ("drn" without dropout), as in
 * sockeye <= 1.18.10: no biases in the projections, sinusoids as [sines | cosines].
 *
 * Moves to `packages/models` when the SAT comes there.
 */
import { layerNorm, multiHeadAttention } from '@capgrid/ops';
import {
  add,
  gather,
  matMul,
  mul,
  relu,
  reshape,
  split,
  tensor,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Sizes } from '../sizes.js';
import { weightOf, type Captioner, type Weights } from './captioner.js';
import { encodeRegions, regionParameters } from './regions.js';
import { constant, matrix } from './start-values.js';
import { stepOf } from './step-of.js';

const NORM_EPSILON = 1e-6;

export const sat: Captioner = {
  parameters: (sizes) => {
    const { hidden, vocabulary, feedForward } = sizes;
    const square = (name: string) => matrix(name, [hidden, hidden], hidden);
    const norm = (name: string) => [
      constant(`${name}.gamma`, [hidden], 1),
      constant(`${name}.beta`, [hidden], 0),
    ];
    return [
      ...regionParameters(sizes),
      matrix('embedding', [vocabulary, hidden], hidden),
      // Columns for queries, keys and values.
      matrix('self.project', [hidden, 3 * hidden], hidden),
      square('self.output'),
      ...norm('self'),
      square('image.query'),
      // Columns for keys and values.
      matrix('image.project', [hidden, 2 * hidden], hidden),
      square('image.output'),
      ...norm('image'),
      matrix('feedForward.inner', [hidden, feedForward], hidden),
      constant('feedForward.innerBias', [feedForward], 0),
      matrix('feedForward.outer', [feedForward, hidden], feedForward),
      constant('feedForward.outerBias', [hidden], 0),
      ...norm('feedForward'),
      matrix('output.weight', [vocabulary, hidden], hidden),
      constant('output.bias', [vocabulary], 0),
    ];
  },

  trainingStep: (weights, sizes, adam) => {
    const { words, hidden } = sizes;
    const positions = tensor(sinusoids(words, hidden), [1, words, hidden]);
    return stepOf(weights, adam, (features, ids) =>
      decode(weights, sizes, positions, features, ids),
    );
  },
};

function decode(
  weights: Weights,
  sizes: Sizes,
  positions: Tensor,
  features: Tensor,
  ids: Tensor,
): Tensor {
  const { batch, words, hidden, heads } = sizes;
  const weight = (name: string) => weightOf(weights, name);
  const regions = encodeRegions(weights, sizes, features); // [batch, regions, hidden]
  const embedded = mul(gather(weight('embedding'), ids), Math.sqrt(hidden));
  const placed = add(reshape(embedded, [batch, words, hidden]), positions);
  let x: Tensor = reshape(placed, [batch * words, hidden]);

  const own = projections(x, weight('self.project'), 3, [batch, words, hidden]);
  x = afterPart(x, attend(own, { heads, isCausal: true }), 'self', weights);

  const query = reshape(matMul(x, weight('image.query')), [batch, words, hidden]);
  const rows = reshape(regions, [-1, hidden]);
  const shared = projections(rows, weight('image.project'), 2, regions.shape);
  x = afterPart(x, attend([query, ...shared], { heads, isCausal: false }), 'image', weights);

  const inner = relu(add(matMul(x, weight('feedForward.inner')), weight('feedForward.innerBias')));
  const outer = add(matMul(inner, weight('feedForward.outer')), weight('feedForward.outerBias'));
  return normalised(add(x, outer), 'feedForward', weights);
}

/** x W, cut into `count` equal parts, each of `shape`. */
function projections(x: Tensor, weight: Tensor, count: number, shape: readonly number[]): Tensor[] {
  const parts = split<Tensor>(matMul(x, weight), count, 1);
  return parts.map((part) => reshape(part, [...shape]));
}

/** [batch * words, hidden] */
function attend(
  [query, keys, values]: readonly Tensor[],
  options: { heads: number; isCausal: boolean },
): Tensor {
  if (query === undefined || keys === undefined || values === undefined) {
    throw new RangeError('Attention needs queries, keys and values.');
  }
  const [, , width = 0] = query.shape;
  const scale = 1 / Math.sqrt(width / options.heads);
  const { context } = multiHeadAttention({ query, keys, values }, { ...options, scale });
  return reshape(context, [-1, width]);
}

/** Output projection, residual and layer norm after attention. */
function afterPart(x: Tensor, context: Tensor, name: string, weights: Weights): Tensor {
  return normalised(add(x, matMul(context, weightOf(weights, `${name}.output`))), name, weights);
}

function normalised(x: Tensor, name: string, weights: Weights): Tensor {
  const gamma = weightOf(weights, `${name}.gamma`);
  return layerNorm(x, gamma, weightOf(weights, `${name}.beta`), NORM_EPSILON);
}

/** Vaswani et al. 2017, section 3.5, but sines and cosines in halves; positions count from 0. */
function sinusoids(words: number, hidden: number): Float32Array {
  const half = hidden / 2;
  return Float32Array.from({ length: words * hidden }, (_, index) => {
    const [position, column] = [Math.floor(index / hidden), index % hidden];
    const angle = position * 10_000 ** ((-2 * (column % half)) / hidden);
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}
