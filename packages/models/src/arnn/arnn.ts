/**
 * The attentional RNN (Bazzani, Domhan & Hieber 2018, section 3; input feeding of Luong et al.
 * 2015). Letters as in the paper: V regions, v_g global descriptor, h and c the LSTM's state,
 * hbar the attentional vector, e the word's embedding.
 */
import {
  add,
  concat,
  expandDims,
  gather,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  rsqrt,
  sigmoid,
  slice,
  split,
  square,
  sum,
  tanh,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ModelSpec } from '@capgrid/contracts';
import {
  attentionOf,
  type Attention,
  type AttentionMatrices,
  type PreparedRegions,
} from '../attention/attention.js';
import { ShapeError } from '../errors.js';
import { applyLinear, linear, type Linear } from '../linear.js';
import { weightOf, type Weights } from '../parameters.js';

/** Inside the square root of the weight normalisation, as in sockeye. */
const NORM_EPSILON = 1e-10;

/** What is computed once per set of weights. */
export interface ArnnMatrices {
  /** [embed, 4 hidden] */
  readonly word: Tensor;
  /** [hidden, 4 hidden], null without `concatGlobal` */
  readonly global: Tensor | null;
  /** [2 hidden, 4 hidden]: rows for hbar_{t-1}, then for h_{t-1} */
  readonly recurrent: Linear;
  /** [4 hidden]: the sum of both bias vectors */
  readonly gateBias: Tensor;
  /** Projections that the attention applies at each word. */
  readonly attention: AttentionMatrices;
  /** [2 hidden, hidden] */
  readonly hidden: Linear;
  /** [vocabulary, hidden] */
  readonly output: Tensor;
}

/** What is computed once per batch of images. */
export interface ArnnImages {
  readonly regions: PreparedRegions;
  /** [batch, 4 hidden]: part of the gates that is the same at each step; null without it */
  readonly globalGates: Tensor | null;
}

export interface ArnnState {
  readonly h: Tensor; // [rows, hidden]
  readonly c: Tensor; // [rows, hidden]
  readonly hbar: Tensor; // [rows, hidden]
}

export class Arnn {
  private readonly attention: Attention;

  constructor(
    readonly spec: ModelSpec,
    private readonly weights: Weights,
  ) {
    this.attention = attentionOf(spec);
  }

  matrices(): ArnnMatrices {
    const { spec, weights } = this;
    const { embed, hidden } = spec;
    const input = weightOf(weights, 'lstm.input');
    const sizes = spec.concatGlobal ? [embed, hidden, hidden] : [embed, hidden];
    const parts = split<Tensor>(input, sizes, 0);
    const [word, feed] = [parts[0], parts.at(-1)];
    if (word === undefined || feed === undefined) {
      throw new ShapeError('lstm.input', [sizes.length], [parts.length], 'Internal.');
    }
    return {
      word,
      global: spec.concatGlobal ? (parts[1] ?? null) : null,
      recurrent: linear(concat([feed, weightOf(weights, 'lstm.recurrent')], 0)),
      gateBias: add(weightOf(weights, 'lstm.inputBias'), weightOf(weights, 'lstm.recurrentBias')),
      attention: this.attention.matrices(weights),
      hidden: linear(weightOf(weights, 'hidden.weight')),
      output: this.outputMatrix(),
    };
  }

  /** `features`: [batch, regions, channels]. */
  encodeImages(matrices: ArnnMatrices, features: Tensor): ArnnImages {
    const V = this.regions(features); // [batch, regions (+ 1), hidden]
    const [batch = 0, count = 0, hidden = 0] = V.shape;
    const last = reshape(slice(V, [0, count - 1, 0], [batch, 1, hidden]), [batch, hidden]);
    return {
      regions: this.attention.prepare(this.weights, V),
      globalGates: matrices.global === null ? null : matMul(last, matrices.global),
    };
  }

  initialState(rows: number): ArnnState {
    const { hidden } = this.spec;
    return { h: zeros([rows, hidden]), c: zeros([rows, hidden]), hbar: zeros([rows, hidden]) };
  }

  /** Input part of the gates of each word, [words, 4 hidden]; `ids`: int32 [words]. */
  wordGates(matrices: ArnnMatrices, ids: Tensor): Tensor {
    const e = gather(weightOf(this.weights, 'embedding'), reshape(ids, [ids.size]));
    return add(matMul(e, matrices.word), matrices.gateBias);
  }

  /**
   * One word further. `wordGates`: [rows, 4 hidden] of the previous word. `dropoutMask`:
   * [rows, 2 hidden], 0 or 1 / (1 - dropout), or null.
   */
  step(
    matrices: ArnnMatrices,
    images: ArnnImages,
    state: ArnnState,
    wordGates: Tensor,
    dropoutMask: Tensor | null,
  ): { state: ArnnState; alpha: Tensor } {
    const fed = applyLinear(concat([state.hbar, state.h], 1), matrices.recurrent);
    const fromWord = images.globalGates === null ? wordGates : add(wordGates, images.globalGates);
    const gates = split<Tensor>(add(fromWord, fed), 4, 1);
    const [i, f, g, o] = gates;
    if (i === undefined || f === undefined || g === undefined || o === undefined) {
      throw new ShapeError('gates', [4], [gates.length], 'Internal.');
    }
    const c = add(mul(sigmoid(f), state.c), mul(sigmoid(i), tanh(g)));
    const h = mul(sigmoid(o), tanh(c));
    const { context, alpha } = this.attention.attend(matrices.attention, images.regions, h);
    const joined = concat([h, context], 1); // [rows, 2 hidden]
    const kept = dropoutMask === null ? joined : mul(joined, dropoutMask);
    const hbar = tanh(
      add(applyLinear(kept, matrices.hidden), weightOf(this.weights, 'hidden.bias')),
    );
    return { state: { h, c, hbar }, alpha };
  }

  /** [rows, vocabulary] from attentional vectors [rows, hidden]. */
  logits(matrices: ArnnMatrices, hbar: Tensor): Tensor {
    return add(matMul(hbar, matrices.output, false, true), weightOf(this.weights, 'output.bias'));
  }

  private regions(features: Tensor): Tensor {
    const [batch = 0, count = 0, channels = 0] = features.shape;
    const { spec, weights } = this;
    const projection = weightOf(weights, 'image.projection');
    if (features.shape.length !== 3 || channels !== projection.shape[0]) {
      throw new ShapeError(
        'features',
        [batch, count, projection.shape[0] ?? 0],
        features.shape,
        'Use the features of the encoder the model was trained on.',
      );
    }
    const flat = matMul(reshape(features, [batch * count, channels]), projection);
    const local = reshape(relu(flat), [batch, count, spec.hidden]);
    if (spec.global === 'none') return local;
    // Eq. 4: v_g = ReLU(W_g mean_k f_k) on raw regions; the released code takes the mean of the
    // projected ones.
    const pooled = mean(spec.global === 'paper' ? features : local, 1);
    const global = relu(matMul(pooled, weightOf(weights, 'image.global')));
    return concat([local, expandDims(global, 1)], 1);
  }

  /** Weight normalisation (Salimans & Kingma 2016, eq. 2): rows g_i w_i / |w_i|. */
  private outputMatrix(): Tensor {
    const weight = weightOf(this.weights, 'output.weight');
    if (!this.spec.weightNorm) return weight;
    const norm = rsqrt(add(sum(square(weight), 1, true), NORM_EPSILON)); // [vocabulary, 1]
    return mul(weight, mul(norm, weightOf(this.weights, 'output.scale')));
  }
}
