/**
 * The attentional RNN (Bazzani, Domhan & Hieber 2018, section 3; input feeding of Luong et al.
 * 2015). Letters as in the paper: V regions, v_g global descriptor, h and c the LSTM's state,
 * hbar the attentional vector, e the word's embedding.
 */
import {
  add,
  clone,
  concat,
  expandDims,
  gather,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  slice,
  split,
  tanh,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ModelSpec } from '@capgrid/contracts';
import { lstmCell, normalisedRows, weightNormLinear } from '@capgrid/ops';
import {
  attentionOf,
  type Attend,
  type Attention,
  type AttentionMatrices,
  type PreparedRegions,
} from '../attention/attention.js';
import { ShapeError } from '../errors.js';
import { Linear } from '../linear.js';
import { weightOf, type Weights } from '../parameters.js';

/** Inside the square root of the weight normalisation (Salimans & Kingma 2016), as in sockeye. */
const NORM_EPSILON = 1e-10;

/** What is computed once per sequence. */
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
  /** [2 hidden, hidden], with its bias */
  readonly hidden: Linear;
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
      recurrent: new Linear(concat([feed, weightOf(weights, 'lstm.recurrent')], 0), null),
      gateBias: add(weightOf(weights, 'lstm.inputBias'), weightOf(weights, 'lstm.recurrentBias')),
      attention: this.attention.matrices(weights),
      hidden: new Linear(weightOf(weights, 'hidden.weight'), weightOf(weights, 'hidden.bias')),
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
    const e = gather(weightOf(this.weights, 'embedding'), ids);
    return add(matMul(e, matrices.word), matrices.gateBias);
  }

  /** Begins a sequence of words about these images. */
  begin(matrices: ArnnMatrices, images: ArnnImages): Attend {
    return this.attention.begin(matrices.attention, images.regions);
  }

  /**
   * One word further. `attend`: from `begin`. `inputGates`: [rows, 4 hidden] of the previous word, the global part included.
   * `dropoutMask`: [rows, 2 hidden], 0 or 1 / (1 - dropout), or null.
   */
  step(
    matrices: ArnnMatrices,
    attend: Attend,
    state: ArnnState,
    inputGates: Tensor,
    dropoutMask: Tensor | null,
  ): { state: ArnnState; alpha: () => Tensor } {
    const hiddenGates = matrices.recurrent.apply(concat([state.hbar, state.h], 1));
    const { h, c } = lstmCell(inputGates, hiddenGates, state.c);
    const { context, alpha } = attend(h);
    const joined = concat([h, context], 1); // [rows, 2 hidden]
    const kept = dropoutMask === null ? joined : mul(joined, dropoutMask);
    const hbar = tanh(matrices.hidden.apply(kept));
    return { state: { h, c, hbar }, alpha };
  }

  /** [rows, vocabulary] from attentional vectors [rows, hidden]; for training, once per sequence. */
  logits(hbar: Tensor): Tensor {
    const [weight, bias] = this.output();
    if (!this.spec.weightNorm) return add(matMul(hbar, weight, false, true), bias);
    const scale = weightOf(this.weights, 'output.scale');
    return weightNormLinear({ x: hbar, weight, scale, bias }, NORM_EPSILON);
  }

  /**
   * The matrix of `logits`, [vocabulary, hidden], for decoding, which uses it at each word; the
   * caller disposes it.
   */
  outputMatrix(): Tensor {
    const [weight] = this.output();
    if (!this.spec.weightNorm) return clone(weight);
    return normalisedRows(weight, weightOf(this.weights, 'output.scale'), NORM_EPSILON);
  }

  /** `logits` with the matrix of `outputMatrix`. */
  logitsWith(outputMatrix: Tensor, hbar: Tensor): Tensor {
    const [, bias] = this.output();
    return add(matMul(hbar, outputMatrix, false, true), bias);
  }

  private output(): readonly [weight: Tensor, bias: Tensor] {
    return [weightOf(this.weights, 'output.weight'), weightOf(this.weights, 'output.bias')];
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
}
