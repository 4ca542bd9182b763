/**
 * Adaptive attention with a visual sentinel (Lu et al. 2017, "Knowing When to Look"); without the
 * sentinel it is their "Spatial" model. Letters as in the paper: V regions, v_g global descriptor,
 * w word embedding, h and m the LSTM's state and memory, s sentinel, c context.
 */
import {
  add,
  concat,
  gather,
  matMul,
  mul,
  ones,
  reshape,
  expandDims,
  sigmoid,
  slice,
  split,
  stack,
  tanh,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { AdaptiveSpec } from '@capgrid/contracts';
import { lstmCell, mlpAttention, MlpAttentionSequence } from '@capgrid/ops';
import type {
  Captioner,
  Decoder,
  Family,
  ImageTensors,
  Stepped,
  Taught,
} from '../captioner/captioner.js';
import { dropoutPlan, dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { rowsOf } from '../captioner/rows.js';
import { ModelInputError } from '../errors.js';
import { eachRegion } from '../image/each-region.js';
import { projectRegions } from '../image/regions.js';
import { Linear } from '../linear.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { addImageGates } from '../recurrent/known-gates.js';
import { zeroState, type LstmState } from '../recurrent/lstm.js';
import { adaptiveParameters } from './adaptive-parameters.js';

export const adaptiveFamily: Family<AdaptiveSpec> = {
  parameters: adaptiveParameters,
  create: (spec, weights) => new Adaptive(spec, weights),
};

/** What is computed once per batch of images, for the rows that look at them. */
type EncodedImages = {
  /** [rows, regions, attentionHidden]: W_v V */
  readonly keys: Tensor;
  /** [rows, regions, hidden]: V */
  readonly values: Tensor;
  /** bool [rows, regions], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
  /** [rows, gates]: part of all gates that v_g gives; null without it */
  readonly globalGates: Tensor | null;
};

/** What is computed once per sequence. The gates are i, f, g, o and, with it, that of the sentinel. */
interface Matrices {
  /** [embed, gates] */
  readonly word: Tensor;
  /** [hidden, gates], null without v_g */
  readonly global: Tensor | null;
  /** [gates] */
  readonly bias: Tensor;
  /** [hidden, gates] */
  readonly recurrent: Linear;
  /** W_g: [hidden, attentionHidden] */
  readonly query: Linear;
  /** W_s: [hidden, attentionHidden], null without sentinel */
  readonly sentinelKey: Linear | null;
  /** w_h: [attentionHidden] */
  readonly score: Tensor;
}

interface Attended {
  /** [rows, hidden]: c_hat with the sentinel, c without it */
  readonly context: Tensor;
  /** [rows, regions (+ 1)] */
  readonly alpha: () => Tensor;
}

/** `sentinel`: [rows, hidden] or null. */
type Attend = (query: Tensor, sentinel: Tensor | null) => Attended;

class Adaptive implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: AdaptiveSpec,
    private readonly weights: Weights,
  ) {
    const { hidden, dropout } = spec;
    this.noise = dropoutPlan('dropout', dropout, (steps, size) => [steps * size, hidden]);
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const [steps = 0, size = 0] = inputs.shape;
    const matrices = this.matrices();
    const encoded = this.encode(matrices, images);
    const attend = this.attend(matrices, encoded);
    const words = this.wordGates(matrices, reshape(inputs, [steps * size]));
    let state = zeroState(size, this.spec.hidden);
    const vectors: Tensor[] = [];
    const alphas: (() => Tensor)[] = [];
    for (const word of split<Tensor>(words, steps, 0)) {
      const next = this.advance(matrices, attend, state, addImageGates(word, encoded.globalGates));
      state = next.state;
      vectors.push(next.vector);
      alphas.push(next.alpha);
    }
    const all = dropped(concat(vectors), noiseOf(noise, this.noise, 'dropout')); // [steps * size, hidden]
    return {
      logits: outputLogits(this.spec, this.weights, all),
      alpha: () => stack(alphas.map((alpha) => alpha())),
      extraLoss: null,
    };
  }

  decoder(): Decoder<EncodedImages, LstmState> {
    return new AdaptiveDecoder(this, this.matrices(), new OutputLayer(this.spec, this.weights));
  }

  encode({ global }: Matrices, images: ImageTensors): EncodedImages {
    const { spec, weights } = this;
    const regions = projectRegions(spec, weights, images); // eq. 14 to 16
    const byRow = rowsOf(images);
    return {
      keys: byRow(eachRegion(regions.memory, weightOf(weights, 'attention.regions'))),
      values: byRow(regions.memory),
      mask: byRow(regions.mask),
      globalGates: global === null ? null : byRow(matMul(regions.global(), global)),
    };
  }

  initialState(rows: number): LstmState {
    return zeroState(rows, this.spec.hidden);
  }

  /** Part of all gates that each word gives, [words, gates]; `ids`: int32 [words]. */
  wordGates({ word, bias }: Matrices, ids: Tensor): Tensor {
    return add(matMul(gather(weightOf(this.weights, 'embedding'), ids), word), bias);
  }

  /**
   * Begins a sequence of words about these images. Eq. 6 to 8: z = w_h · tanh(W_v V + W_g h), alpha =
   * softmax(z), c = alpha V. Eq. 11 and 12 make the sentinel one more region: alpha_hat = softmax over
   * both, whose last weight is beta, and so c_hat = beta s + (1 - beta) c = alpha_hat [V; s].
   */
  attend({ query, sentinelKey, score }: Matrices, images: EncodedImages): Attend {
    const { keys, values, mask } = images;
    if (sentinelKey === null) {
      const masked = mask === null ? {} : { mask };
      const sequence = new MlpAttentionSequence({ keys, score, values, ...masked });
      return (h) => sequence.attend(query.apply(h));
    }
    const withLast =
      mask === null ? {} : { mask: concat([mask, ones([mask.shape[0] ?? 0, 1], 'bool')], 1) };
    return (h, sentinel) => {
      if (sentinel === null)
        throw new ModelInputError('model.sentinel is true, but no sentinel was given.');
      const { context, alpha } = mlpAttention({
        keys: concat([keys, expandDims(sentinelKey.apply(sentinel), 1)], 1),
        values: concat([values, expandDims(sentinel, 1)], 1),
        query: query.apply(h),
        score,
        ...withLast,
      });
      return { context, alpha: () => alpha };
    };
  }

  /** One word further. `inputGates`: [rows, gates] of x_t. */
  advance(
    { recurrent }: Matrices,
    attend: Attend,
    { h, c: m }: LstmState,
    inputGates: Tensor,
  ): { state: LstmState; vector: Tensor; alpha: () => Tensor } {
    const { hidden, sentinel: hasSentinel } = this.spec;
    const stateGates = recurrent.apply(h);
    if (!hasSentinel) {
      const state = lstmCell(inputGates, stateGates, m);
      const { context, alpha } = attend(state.h, null);
      return { state, vector: add(context, state.h), alpha };
    }
    const [inputs, inputSentinel] = splitGates(inputGates, hidden);
    const [states, stateSentinel] = splitGates(stateGates, hidden);
    const state = lstmCell(inputs, states, m);
    // Eq. 9 and 10: g_t = sigmoid(W_x x_t + W_h h_{t-1}), s_t = g_t tanh(m_t).
    const sentinel = mul(sigmoid(add(inputSentinel, stateSentinel)), tanh(state.c));
    const { context, alpha } = attend(state.h, sentinel);
    // Eq. 13: p = softmax(W_p (c_hat + h)).
    return { state, vector: add(context, state.h), alpha };
  }

  private matrices(): Matrices {
    const { spec, weights } = this;
    const weight = (name: string): Tensor => weightOf(weights, name);
    const bias = add(weight('lstm.inputBias'), weight('lstm.recurrentBias'));
    const withSentinel = (gates: Tensor, name: string): Tensor =>
      spec.sentinel ? concat([gates, weight(`sentinel.${name}`)], 1) : gates;
    const input = withSentinel(weight('lstm.input'), 'input');
    const parts =
      spec.global === 'none' ? [input] : split<Tensor>(input, [spec.embed, spec.hidden]);
    const [word = input, global = null] = parts;
    return {
      word,
      global,
      // The sentinel's gate has no bias in the paper.
      bias: spec.sentinel ? concat([bias, zeros([spec.hidden])]) : bias,
      recurrent: new Linear(withSentinel(weight('lstm.recurrent'), 'recurrent'), null),
      query: new Linear(weight('attention.query'), null),
      sentinelKey: spec.sentinel ? new Linear(weight('sentinel.key'), null) : null,
      score: reshape(weight('attention.score'), [spec.attentionHidden]),
    };
  }
}

class AdaptiveDecoder implements Decoder<EncodedImages, LstmState> {
  readonly maxWords = null;

  constructor(
    private readonly model: Adaptive,
    private readonly matrices: Matrices,
    private readonly output: OutputLayer,
  ) {}

  encode(images: ImageTensors): EncodedImages {
    return this.model.encode(this.matrices, images);
  }

  begin(_images: EncodedImages, rows: number): LstmState {
    return this.model.initialState(rows);
  }

  step(images: EncodedImages, state: LstmState, words: Tensor): Stepped<LstmState> {
    const { model, matrices, output } = this;
    const gates = addImageGates(model.wordGates(matrices, words), images.globalGates);
    const next = model.advance(matrices, model.attend(matrices, images), state, gates);
    return { state: next.state, logits: output.logits(next.vector), alpha: next.alpha };
  }
}

/** [rows, 5 hidden] to the LSTM's [rows, 4 hidden] and the sentinel's [rows, hidden]. */
function splitGates(gates: Tensor, hidden: number): [Tensor, Tensor] {
  const [rows = 0] = gates.shape;
  return [slice(gates, [0, 0], [rows, 4 * hidden]), slice(gates, [0, 4 * hidden], [rows, hidden])];
}
