/**
 * Show, Attend and Tell (Xu et al. 2015). Letters as in the paper: a regions, alpha their weights,
 * z the context, beta the gate, h and c the LSTM's state, E y the embedding of the previous word.
 */
import {
  add,
  cast,
  clone,
  concat,
  expandDims,
  gather,
  matMul,
  mul,
  notEqual,
  reshape,
  sigmoid,
  split,
  stack,
  tanh,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
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
import { meanRegion, projectRegions } from '../image/regions.js';
import { Linear } from '../linear.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { wordGates } from '../recurrent/known-gates.js';
import { LstmLayer, type LstmState } from '../recurrent/lstm.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { extraLossOf } from './extra-loss.js';
import { locationNoise, locationsOf, type Choose } from '../hard-attention/locations.js';
import { showAttendTellParameters } from './parameters.js';
import { startState } from './start-state.js';
import { placesOf, weighRegions, type ScoredRegions, type WeighRegions } from './weigh-regions.js';

export const showAttendTellFamily: Family<ShowAttendTellSpec> = {
  parameters: showAttendTellParameters,
  create: (spec, weights) => new ShowAttendTell(spec, weights),
};

/** What is computed once per batch of images, for the rows that look at them. */
type EncodedImages = ScoredRegions & {
  /** [rows, regions, width]: a_i */
  readonly values: Tensor;
  readonly h: Tensor; // [rows, hidden]: h_0
  readonly c: Tensor; // [rows, hidden]: c_0
};

/** What is computed once per sequence. */
interface Matrices {
  readonly query: Linear;
  /** [attentionHidden], times the inverse temperature of hard attention */
  readonly score: Tensor;
  readonly gate: Linear | null;
  readonly lstm: LstmLayer;
}

class ShowAttendTell implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: ShowAttendTellSpec,
    private readonly weights: Weights,
  ) {
    const { hidden, embed, dropout } = spec;
    // Of the layer between the mean region and the states.
    const startDropout = spec.startState === 'mlp' ? dropout : 0;
    this.noise = [
      ...dropoutPlan('startDropout', startDropout, (_steps, size) => [size, this.regionWidth()]),
      ...dropoutPlan('stateDropout', dropout, (steps, size) => [steps * size, hidden]),
      ...(spec.deepOutput
        ? dropoutPlan('readoutDropout', dropout, (steps, size) => [steps * size, embed])
        : []),
      ...locationNoise(spec),
    ];
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights } = this;
    const [steps = 0, size = 0] = inputs.shape;
    const matrices = this.matrices();
    const encoded = this.encode(images, noiseOf(noise, this.noise, 'startDropout'));
    const weigh = this.weigh(matrices, encoded);
    const { choose, coin } = locationsOf(spec, noise, this.noise);
    const words = this.embed(reshape(inputs, [steps * size])); // [steps * size, embed]
    const states: Tensor[] = [];
    const contexts: Tensor[] = [];
    const alphas: Tensor[] = [];
    const locations: Tensor[] = [];
    let state: LstmState = encoded;
    for (const [t, gates] of split<Tensor>(wordGates(matrices.lstm, words), steps, 0).entries()) {
      const next = this.advance(
        matrices,
        weigh,
        (alpha) => choose(alpha, t),
        encoded,
        state,
        gates,
      );
      state = next.state;
      states.push(state.h);
      contexts.push(next.context);
      alphas.push(next.alpha);
      if (next.drawn !== null) locations.push(next.drawn);
    }
    const vectors = this.readout(concat(states), words, concat(contexts), noise);
    const drawn = coin === null ? null : { locations: stack(locations), coin };
    return {
      logits: outputLogits(spec, weights, vectors),
      alpha: () => stack(alphas),
      extraLoss:
        noise === null
          ? null
          : extraLossOf(spec, weights, { alpha: stack(alphas), mask: encoded.mask, drawn }),
    };
  }

  decoder(): Decoder<EncodedImages, LstmState> {
    return new ShowAttendTellDecoder(
      this,
      this.matrices(),
      locationsOf(this.spec, null, this.noise).choose,
      new OutputLayer(this.spec, this.weights),
    );
  }

  encode(images: ImageTensors, startMask: Tensor | null): EncodedImages {
    const { spec, weights } = this;
    const { values, mask } = this.regions(images);
    const byRow = rowsOf(images);
    const matrix = weightOf(weights, 'attention.regions');
    const keys = byRow(eachRegion(values, matrix, weightOf(weights, 'attention.regionsBias')));
    const [rows = 0, regions = 0] = keys.shape;
    return {
      keys,
      places: placesOf(rows, regions),
      values: byRow(values),
      mask: byRow(mask),
      ...startState(spec, weights, meanRegion(values, mask), startMask, byRow),
    };
  }

  /** E y of the previous words, [words, embed]; `ids`: int32 [words]. */
  embed(ids: Tensor): Tensor {
    const words = gather(weightOf(this.weights, 'embedding'), ids);
    if (this.spec.firstWord === 'begin') return words;
    return mul(words, expandDims(cast(notEqual(ids, SPECIAL_IDS.begin), 'float32'), 1));
  }

  /** Begins a sequence of words about these images. */
  weigh({ score }: Matrices, images: EncodedImages): WeighRegions {
    return weighRegions(this.spec.scoreActivation, images, score);
  }

  /** One word further. `gates`: [rows, 4 hidden], of the previous word. */
  advance(
    { query, gate, lstm }: Matrices,
    weigh: WeighRegions,
    choose: (alpha: Tensor) => ReturnType<Choose>,
    { values }: EncodedImages,
    state: LstmState,
    gates: Tensor,
  ): { state: LstmState; context: Tensor; alpha: Tensor; drawn: Tensor | null } {
    const [rows = 0, , width = 0] = values.shape;
    const alpha = weigh(query.apply(state.h));
    const { weights, drawn } = choose(alpha);
    const seen = reshape(matMul(expandDims(weights, 1), values), [rows, width]); // z_t
    // Section 4.2.1: beta_t = sigmoid(f_beta(h_{t-1})).
    const context = gate === null ? seen : mul(sigmoid(gate.apply(state.h)), seen);
    // Eq. 1: the input is [E y_{t-1}; z_t].
    return { state: lstm.step(gates, context, state), context, alpha, drawn };
  }

  /** The vectors before the vocabulary, eq. 7, for any number of rows. */
  readout(h: Tensor, words: Tensor, contexts: Tensor, noise: Noise | null): Tensor {
    const { spec, weights } = this;
    const state = dropped(h, noiseOf(noise, this.noise, 'stateDropout'));
    if (!spec.deepOutput) return state;
    const own = add(
      matMul(state, weightOf(weights, 'readout.state')),
      weightOf(weights, 'readout.stateBias'),
    );
    const seen = matMul(contexts, weightOf(weights, 'readout.context'));
    return dropped(tanh(add(add(own, words), seen)), noiseOf(noise, this.noise, 'readoutDropout'));
  }

  private regions(images: ImageTensors): { values: Tensor; mask: Tensor | null } {
    if (!this.spec.projectsRegions) return { values: images.features, mask: images.mask };
    const { memory, mask } = projectRegions(this.spec, this.weights, images);
    return { values: memory, mask };
  }

  private regionWidth(): number {
    return weightOf(this.weights, 'attention.regions').shape[0] ?? 0;
  }

  private matrices(): Matrices {
    const { spec, weights } = this;
    const score = reshape(weightOf(weights, 'attention.score'), [spec.attentionHidden]);
    const isScaled = spec.locations === 'hard' && spec.hard.inverseTemperature !== 1;
    return {
      query: new Linear(weightOf(weights, 'attention.query'), null),
      score: isScaled ? mul(score, spec.hard.inverseTemperature) : score,
      gate:
        spec.betaGate === 'none'
          ? null
          : new Linear(weightOf(weights, 'gate'), weightOf(weights, 'gateBias')),
      lstm: new LstmLayer(weights, 'lstm', { known: [spec.embed], inner: this.regionWidth() }),
    };
  }
}

class ShowAttendTellDecoder implements Decoder<EncodedImages, LstmState> {
  readonly maxWords = null;

  constructor(
    private readonly model: ShowAttendTell,
    private readonly matrices: Matrices,
    private readonly choose: Choose,
    private readonly output: OutputLayer,
  ) {}

  encode(images: ImageTensors): EncodedImages {
    return this.model.encode(images, null);
  }

  begin({ h, c }: EncodedImages): LstmState {
    return { h: clone(h), c: clone(c) };
  }

  step(images: EncodedImages, state: LstmState, words: Tensor): Stepped<LstmState> {
    const { model, matrices, output } = this;
    const e = model.embed(words);
    const next = model.advance(
      matrices,
      model.weigh(matrices, images),
      (alpha) => this.choose(alpha, 0),
      images,
      state,
      wordGates(matrices.lstm, e),
    );
    return {
      state: next.state,
      logits: output.logits(model.readout(next.state.h, e, next.context, null)),
      alpha: () => next.alpha,
    };
  }
}
