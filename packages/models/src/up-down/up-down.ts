/**
 * Bottom-up and top-down attention (Anderson et al. 2018, section 3.2). Letters as in the paper: v
 * regions, v_mean their mean, v_hat the attended one; h1 and h2 the states of the attention LSTM and of
 * the language LSTM.
 */
import { concat, gather, reshape, split, stack, type Tensor } from '@tensorflow/tfjs-core';
import type { UpDownSpec } from '@capgrid/contracts';
import { MlpAttentionSequence } from '@capgrid/ops';
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
import { eachRegion } from '../image/each-region.js';
import {
  isGlobalInMemory,
  meanRegion,
  projectRegions,
  withGlobal,
  type Regions,
} from '../image/regions.js';
import { Linear } from '../linear.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { addImageGates, imageGates, wordGates } from '../recurrent/known-gates.js';
import { LstmLayer, zeroState } from '../recurrent/lstm.js';
import { upDownParameters } from './up-down-parameters.js';

export const upDownFamily: Family<UpDownSpec> = {
  parameters: upDownParameters,
  create: (spec, weights) => new UpDown(spec, weights),
};

/** What is computed once per batch of images, for the rows that look at them. */
type EncodedImages = {
  /** [rows, regions, attentionHidden]: W_va v */
  readonly keys: Tensor;
  /** [rows, regions, width]: v */
  readonly values: Tensor;
  /** bool [rows, regions], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
  /** [rows, 4 hidden]: part of the attention LSTM's gates that v_mean gives; null without it */
  readonly meanGates: Tensor | null;
};

type UpDownState = {
  readonly h1: Tensor; // [rows, hidden], as all of them
  readonly c1: Tensor;
  readonly h2: Tensor;
  readonly c2: Tensor;
};

/** What is computed once per sequence. */
interface Matrices {
  readonly attentionLstm: LstmLayer;
  readonly languageLstm: LstmLayer;
  /** W_ha: [hidden, attentionHidden] */
  readonly query: Linear;
  /** w_a: [attentionHidden] */
  readonly score: Tensor;
}

class UpDown implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: UpDownSpec,
    private readonly weights: Weights,
  ) {
    const { hidden, dropout } = spec;
    this.noise = [
      ...(spec.projectsRegions ? projectionNoise(spec) : []),
      ...dropoutPlan('dropout', dropout, (steps, size) => [steps * size, hidden]),
    ];
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const [steps = 0, size = 0] = inputs.shape;
    const matrices = this.matrices();
    const encoded = this.encode(matrices, images, noise);
    const attention = this.attention(matrices, encoded);
    const words = this.wordGates(matrices, reshape(inputs, [steps * size]));
    let state = this.initialState(size);
    const vectors: Tensor[] = [];
    const alphas: (() => Tensor)[] = [];
    for (const word of split<Tensor>(words, steps, 0)) {
      const known = addImageGates(word, encoded.meanGates);
      const next = this.advance(matrices, attention, state, known);
      state = next.state;
      vectors.push(state.h2);
      alphas.push(next.alpha);
    }
    const all = dropped(concat(vectors), noiseOf(noise, this.noise, 'dropout')); // [steps * size, hidden]
    return {
      logits: outputLogits(this.spec, this.weights, all),
      alpha: () => stack(alphas.map((alpha) => alpha())),
      extraLoss: null,
    };
  }

  decoder(): Decoder<EncodedImages, UpDownState> {
    return new UpDownDecoder(this, this.matrices(), new OutputLayer(this.spec, this.weights));
  }

  encode({ attentionLstm }: Matrices, images: ImageTensors, noise: Noise | null): EncodedImages {
    const { memory, mask, global } = this.regions(images);
    const byRow = rowsOf(images);
    const matrix = weightOf(this.weights, 'attention.regions');
    const { region, descriptor } = this.masks(noise);
    const values = dropped(byRow(memory), region);
    return {
      // Captions of one image have masks of their own, and so keys.
      keys: region === null ? byRow(eachRegion(memory, matrix)) : eachRegion(values, matrix),
      values,
      mask: byRow(mask),
      meanGates: imageGates(attentionLstm, global, descriptor, byRow),
    };
  }

  initialState(rows: number): UpDownState {
    const [first, second] = [zeroState(rows, this.spec.hidden), zeroState(rows, this.spec.hidden)];
    return { h1: first.h, c1: first.c, h2: second.h, c2: second.c };
  }

  /** Part of the attention LSTM's gates that each word gives; `ids`: int32 [words]. */
  wordGates({ attentionLstm }: Matrices, ids: Tensor): Tensor {
    return wordGates(attentionLstm, gather(weightOf(this.weights, 'embedding'), ids));
  }

  /** Begins a sequence of words about these images. */
  attention({ score }: Matrices, { keys, values, mask }: EncodedImages): MlpAttentionSequence {
    const masked = mask === null ? {} : { mask };
    return new MlpAttentionSequence({ keys, score, values, ...masked });
  }

  /** One word further. `known`: gates of the attention LSTM, [rows, 4 hidden]. */
  advance(
    { attentionLstm, languageLstm, query }: Matrices,
    attention: MlpAttentionSequence,
    { h1, c1, h2, c2 }: UpDownState,
    known: Tensor,
  ): { state: UpDownState; alpha: () => Tensor } {
    // Eq. 2: x1 = [h2_{t-1}; v_mean; E y].
    const first = attentionLstm.step(known, h2, { h: h1, c: c1 });
    // Eq. 3 to 5: a_i = w · tanh(W_va v_i + W_ha h1), alpha = softmax(a), v_hat = sum alpha_i v_i.
    const { context, alpha } = attention.attend(query.apply(first.h));
    // Eq. 6: x2 = [v_hat; h1].
    const second = languageLstm.step(null, concat([context, first.h], 1), { h: h2, c: c2 });
    return { state: { h1: first.h, c1: first.c, h2: second.h, c2: second.c }, alpha };
  }

  /** Of projected regions and of their global descriptor, where they are dropped. */
  private masks(noise: Noise | null): { region: Tensor | null; descriptor: Tensor | null } {
    const { projectsRegions, global } = this.spec;
    const mask = (name: string): Tensor | null => noiseOf(noise, this.noise, name);
    return {
      region: projectsRegions ? mask('regionDropout') : null,
      descriptor: projectsRegions && global !== 'none' ? mask('globalDropout') : null,
    };
  }

  private regions(images: ImageTensors): Regions {
    const { spec, weights } = this;
    return spec.projectsRegions ? projectRegions(spec, weights, images) : unprojected(spec, images);
  }

  private matrices(): Matrices {
    const { spec, weights } = this;
    const width = weightOf(weights, 'attention.regions').shape[0] ?? 0;
    return {
      attentionLstm: new LstmLayer(weights, 'attentionLstm', {
        known: spec.global === 'none' ? [spec.embed] : [spec.embed, width],
        inner: spec.hidden,
      }),
      languageLstm: new LstmLayer(weights, 'languageLstm', {
        known: [],
        inner: width + spec.hidden,
      }),
      query: new Linear(weightOf(weights, 'attention.query'), null),
      score: reshape(weightOf(weights, 'attention.score'), [spec.attentionHidden]),
    };
  }
}

class UpDownDecoder implements Decoder<EncodedImages, UpDownState> {
  readonly maxWords = null;

  constructor(
    private readonly model: UpDown,
    private readonly matrices: Matrices,
    private readonly output: OutputLayer,
  ) {}

  encode(images: ImageTensors): EncodedImages {
    return this.model.encode(this.matrices, images, null);
  }

  begin(_images: EncodedImages, rows: number): UpDownState {
    return this.model.initialState(rows);
  }

  step(images: EncodedImages, state: UpDownState, words: Tensor): Stepped<UpDownState> {
    const { model, matrices, output } = this;
    const known = addImageGates(model.wordGates(matrices, words), images.meanGates);
    const attention = model.attention(matrices, images);
    const next = model.advance(matrices, attention, state, known);
    return { ...next, logits: output.logits(next.state.h2) };
  }
}

/** For the projected regions that attention sees, and for the descriptor in the LSTM's input. */
function projectionNoise(spec: UpDownSpec): NoisePlan[] {
  const { hidden, dropout, global } = spec;
  const extra = isGlobalInMemory(spec) ? 1 : 0;
  return [
    ...dropoutPlan('regionDropout', dropout, (_steps, size, regions) => [
      size,
      regions + extra,
      hidden,
    ]),
    ...(global === 'none'
      ? []
      : dropoutPlan('globalDropout', dropout, (_steps, size) => [size, hidden])),
  ];
}

/** The regions as the encoder gave them; their mean is the global descriptor. */
function unprojected(spec: UpDownSpec, images: ImageTensors): Regions {
  const { features, mask } = images;
  const mean = meanRegion(features, mask);
  return withGlobal(spec, { memory: features, mask, global: () => mean });
}
