/**
 * Show and Tell (Vinyals, Toshev, Bengio & Erhan 2015), eq. 10-12: x_{-1} is the image, x_t = W_e S_t
 * the words, p_{t+1} = softmax(W_o LSTM(x_t)). What the LSTM says at the image is not a word.
 */
import {
  clone,
  concat,
  fill,
  gather,
  reshape,
  slice,
  split,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { NicSpec } from '@capgrid/contracts';
import { sparseCrossEntropy } from '@capgrid/ops';
import type {
  Captioner,
  CaptionerSizes,
  Decoder,
  ExtraLoss,
  Family,
  ImageTensors,
  Stepped,
  Taught,
} from '../captioner/captioner.js';
import { dropoutPlan, dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { xavierIn } from '../initialisers.js';
import { OutputLayer, outputLogits, outputParameters } from '../output-layer.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { wordGates } from '../recurrent/known-gates.js';
import { LstmLayer, lstmParameters, zeroState, type LstmState } from '../recurrent/lstm.js';
import { SPECIAL_IDS } from '../special-ids.js';
import { headNoise, headParameters, imageVector } from './image-head.js';

export const nicFamily: Family<NicSpec> = {
  parameters,
  create: (spec, weights) => new Nic(spec, weights),
};

/** The states of all layers side by side, the first layer first. */
type NicState = {
  readonly h: Tensor; // [rows, layers * hidden]
  readonly c: Tensor; // [rows, layers * hidden]
};

interface LayerWithState {
  readonly layer: LstmLayer;
  readonly before: LstmState;
}

function parameters(spec: NicSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed, layers } = spec;
  const { vocabulary } = sizes;
  return [
    ...headParameters(spec, sizes),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    ...layerNames(layers).flatMap((name, layer) =>
      lstmParameters(name, inputWidth(spec, layer), hidden),
    ),
    ...outputParameters(spec, vocabulary, hidden),
  ];
}

function layerNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => layerName(layer));
}

function layerName(layer: number): string {
  return `lstm${layer + 1}`;
}

function inputWidth({ embed, hidden }: NicSpec, layer: number): number {
  return layer === 0 ? embed : hidden;
}

class Nic implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: NicSpec,
    private readonly weights: Weights,
  ) {
    const { hidden, embed, layers, dropout } = spec;
    this.noise = [
      ...headNoise(spec),
      // Of the inputs of each layer, the image's with them, and of the outputs of the last one.
      ...dropoutPlan('input', dropout, (steps, size) => [(steps + 1) * size, embed]),
      ...layerNames(layers).flatMap((name) =>
        dropoutPlan(name, dropout, (steps, size) => [(steps + 1) * size, hidden]),
      ),
    ];
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights } = this;
    const [steps = 0, size = 0] = inputs.shape;
    const image = imageVector(spec, weights, images, noise);
    const words = this.embed(reshape(inputs, [steps * size]));
    // [(steps + 1) * size, embed], then hidden; time-major, the image before the words.
    let x = dropped(concat([image.vector, words], 0), noiseOf(noise, this.noise, 'input'));
    for (const [index, layer] of this.layers().entries()) {
      x = dropped(
        outputsOf(layer, x, size, spec.hidden),
        noiseOf(noise, this.noise, layerName(index)),
      );
    }
    if (spec.imageTarget === 'none') {
      const outputs = slice(x, [size, 0], [steps * size, spec.hidden]);
      const logits = outputLogits(spec, weights, outputs);
      const hasUpdates = image.updates.size > 0;
      const extraLoss = hasUpdates ? () => ({ loss: null, updates: image.updates }) : null;
      return { logits, alpha: null, extraLoss };
    }
    const all = outputLogits(spec, weights, x);
    const [, vocabulary = 0] = all.shape;
    return {
      logits: slice(all, [size, 0], [steps * size, vocabulary]),
      alpha: null,
      extraLoss: beginLoss(slice(all, [0, 0], [size, vocabulary]), image.updates),
    };
  }

  decoder(): Decoder<NicState, NicState> {
    return new NicDecoder(this, this.layers(), new OutputLayer(this.spec, this.weights));
  }

  /** States after the image. */
  afterImage(layers: readonly LstmLayer[], images: ImageTensors): NicState {
    const { vector } = imageVector(this.spec, this.weights, images, null);
    const [rows = 0] = vector.shape;
    const before = zeroState(rows, this.spec.hidden);
    return this.advance(
      layers.map((layer) => ({ layer, before })),
      vector,
    );
  }

  /** One input further. `stack`: the first layer first. */
  advance(stack: readonly LayerWithState[], input: Tensor): NicState {
    let x = input;
    const next: LstmState[] = [];
    for (const { layer, before } of stack) {
      const state = layer.step(wordGates(layer, x), null, before);
      next.push(state);
      x = state.h;
    }
    return {
      h: concat(
        next.map(({ h }) => h),
        1,
      ),
      c: concat(
        next.map(({ c }) => c),
        1,
      ),
    };
  }

  /** One object each for one sequence. */
  private layers(): LstmLayer[] {
    return layerNames(this.spec.layers).map((name, layer) => {
      const known = [inputWidth(this.spec, layer)];
      return new LstmLayer(this.weights, name, { known, inner: 0 });
    });
  }

  /** [words, embed]; `ids`: int32 [words]. */
  embed(ids: Tensor): Tensor {
    return gather(weightOf(this.weights, 'embedding'), ids);
  }
}

class NicDecoder implements Decoder<NicState, NicState> {
  readonly maxWords = null;

  constructor(
    private readonly model: Nic,
    private readonly layers: readonly LstmLayer[],
    private readonly output: OutputLayer,
  ) {}

  encode(images: ImageTensors): NicState {
    return this.model.afterImage(this.layers, images);
  }

  /** A copy: the states of the images live on. */
  begin(images: NicState): NicState {
    return { h: clone(images.h), c: clone(images.c) };
  }

  step(_images: NicState, state: NicState, words: Tensor): Stepped<NicState> {
    const { model, layers, output } = this;
    const [rows = 0, width = 0] = state.h.shape;
    const hidden = width / layers.length;
    const ofLayer = (x: Tensor, index: number): Tensor =>
      slice(x, [0, index * hidden], [rows, hidden]);
    const stack = layers.map((layer, index) => ({
      layer,
      before: { h: ofLayer(state.h, index), c: ofLayer(state.c, index) },
    }));
    const next = model.advance(stack, model.embed(words));
    const top = ofLayer(next.h, layers.length - 1);
    return { state: next, logits: output.logits(top), alpha: null };
  }
}

/** Outputs of one layer along inputs [steps * size, width], time-major: [steps * size, hidden]. */
function outputsOf(layer: LstmLayer, x: Tensor, size: number, hidden: number): Tensor {
  const [rows = 0] = x.shape;
  const outputs: Tensor[] = [];
  let state = zeroState(size, hidden);
  for (const gates of split<Tensor>(wordGates(layer, x), rows / size, 0)) {
    state = layer.step(gates, null, state);
    outputs.push(state.h);
  }
  return concat(outputs, 0);
}

/**
 * The image must predict the begin mark, as where the image is laid in front of a caption and the
 * targets begin with the mark. One more word of each caption: it weighs what a word weighs, but is no
 * subject of label smoothing.
 *
 * @param logits [size, vocabulary] at the image
 */
function beginLoss(logits: Tensor, updates: ReadonlyMap<string, Tensor>): ExtraLoss {
  const [size = 0] = logits.shape;
  const begin = fill([size], SPECIAL_IDS.begin, 'int32');
  const losses = sparseCrossEntropy(logits, begin, { smoothing: 0, padId: null });
  return () => ({ loss: sum(losses), updates });
}
