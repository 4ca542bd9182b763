/**
 * The attentional RNN (Bazzani, Domhan & Hieber 2018, section 3; input feeding of Luong et al.
 * 2015). Letters as in the paper: V regions, v_g global descriptor, h and c the LSTM's state,
 * hbar the attentional vector, e the word's embedding.
 */
import {
  add,
  concat,
  gather,
  matMul,
  mul,
  reshape,
  split,
  stack,
  tanh,
  unstack,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import { lstmCell } from '@capgrid/ops';
import {
  attentionOf,
  type Attend,
  type Attention,
  type AttentionMatrices,
  type PreparedRegions,
} from '../attention/attention.js';
import type {
  Captioner,
  Decoder,
  Family,
  ImageTensors,
  Stepped,
  Taught,
} from '../captioner/captioner.js';
import { dropoutPlan, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { ShapeError } from '../errors.js';
import { projectRegions } from '../image/regions.js';
import { Linear } from '../linear.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { arnnParameters } from './arnn-parameters.js';

export const arnnFamily: Family<ArnnSpec> = {
  parameters: arnnParameters,
  create: (spec, weights) => new Arnn(spec, weights),
};

/** What is computed once per sequence. */
interface ArnnMatrices {
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
type ArnnImages = PreparedRegions & {
  /** [images, 4 hidden]: part of the gates that is the same at each step; null without it */
  readonly globalGates: Tensor | null;
};

type ArnnState = {
  readonly h: Tensor; // [rows, hidden]
  readonly c: Tensor; // [rows, hidden]
  readonly hbar: Tensor; // [rows, hidden]
};

class Arnn implements Captioner {
  readonly noise: readonly NoisePlan[];
  private readonly attention: Attention;

  constructor(
    private readonly spec: ArnnSpec,
    private readonly weights: Weights,
  ) {
    const { hidden, dropout } = spec;
    this.attention = attentionOf(spec);
    this.noise = dropoutPlan('dropout', dropout, (steps, size) => [steps, size, 2 * hidden]);
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const [steps = 0, size = 0] = inputs.shape;
    const matrices = this.matrices();
    const encoded = this.encode(matrices, images);
    const words = this.wordGates(matrices, reshape(inputs, [steps * size]));
    const gates = split<Tensor>(withGlobal(words, encoded.globalGates, steps), steps, 0);
    const dropout = noiseOf(noise, this.noise, 'dropout');
    const masks = dropout === null ? [] : unstack(dropout); // [size, 2 hidden] each
    const attend = this.attend(matrices, encoded);
    let state = this.initialState(size);
    const vectors: Tensor[] = [];
    const alphas: (() => Tensor)[] = [];
    for (const [t, inputGates] of gates.entries()) {
      const next = this.advance(matrices, attend, state, inputGates, masks[t] ?? null);
      state = next.state;
      vectors.push(state.hbar);
      alphas.push(next.alpha);
    }
    return {
      logits: outputLogits(this.spec, this.weights, concat(vectors, 0)),
      alpha: () => stack(alphas.map((alpha) => alpha())),
      extraLoss: null,
    };
  }

  decoder(): Decoder<ArnnImages, ArnnState> {
    return new ArnnDecoder(this, this.matrices(), new OutputLayer(this.spec, this.weights));
  }

  encode(matrices: ArnnMatrices, images: ImageTensors): ArnnImages {
    const regions = projectRegions(this.spec, this.weights, images);
    return {
      ...this.attention.prepare(this.weights, regions),
      globalGates: matrices.global === null ? null : matMul(regions.global, matrices.global),
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
  attend(matrices: ArnnMatrices, images: ArnnImages): Attend {
    return this.attention.begin(matrices.attention, images);
  }

  /**
   * One word further. `inputGates`: [rows, 4 hidden] of the previous word, the global part included.
   * `dropoutMask`: [rows, 2 hidden], 0 or 1 / (1 - dropout), or null.
   */
  advance(
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

  private matrices(): ArnnMatrices {
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
}

class ArnnDecoder implements Decoder<ArnnImages, ArnnState> {
  readonly maxWords = null;

  constructor(
    private readonly model: Arnn,
    private readonly matrices: ArnnMatrices,
    private readonly output: OutputLayer,
  ) {}

  encode(images: ImageTensors): ArnnImages {
    return this.model.encode(this.matrices, images);
  }

  begin(_images: ArnnImages, rows: number): ArnnState {
    return this.model.initialState(rows);
  }

  step(images: ArnnImages, state: ArnnState, words: Tensor): Stepped<ArnnState> {
    const { model, matrices, output } = this;
    const word = model.wordGates(matrices, words);
    const gates = images.globalGates === null ? word : add(word, images.globalGates);
    const attend = model.attend(matrices, images);
    const next = model.advance(matrices, attend, state, gates, null);
    return { ...next, logits: output.logits(next.state.hbar) };
  }
}

/** Adds the part of the gates that is the same at each step to all steps at once. */
function withGlobal(words: Tensor, globalGates: Tensor | null, steps: number): Tensor {
  if (globalGates === null) return words;
  const [rows = 0, width = 0] = words.shape;
  const perStep = add(reshape(words, [steps, rows / steps, width]), globalGates);
  return reshape(perStep, [rows, width]);
}
