/**
 * A plain tanh RNN with an output sum (the log-bilinear line of Kiros et al. 2014, with a recurrent
 * state): p(S_t) = softmax(L_h h_t + L_I I), h_{t+1} = tanh(W_h h_t + W_s S_t). The image never enters
 * the state. S is a word's embedding, I the image term; h_0 = 0, and the first word is the begin mark.
 * Beyond the equation the output has a bias for each word, as in every decoder here.
 */
import {
  add,
  concat,
  gather,
  matMul,
  reshape,
  split,
  squeeze,
  tanh,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { TanhRnnSpec } from '@capgrid/contracts';
import type {
  Captioner,
  CaptionerSizes,
  Decoder,
  Family,
  ImageTensors,
  RowTensors,
  Stepped,
  Taught,
} from '../captioner/captioner.js';
import { dropoutPlan, dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { orthogonalRows, xavierIn } from '../initialisers.js';
import { Linear } from '../linear.js';
import { OutputLayer, outputLogits, outputParameters } from '../output-layer.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import {
  attendedImage,
  drawnImage,
  imageTermParameters,
  pooledImage,
  type ImageTerm,
} from './image-term.js';
import { FinishedImageOutput, trainedImageOutput, type ImageOutput } from './image-output.js';

export const tanhRnnFamily: Family<TanhRnnSpec> = {
  parameters,
  create: (spec, weights) => {
    if (spec.attention.kind === 'none') {
      return new TanhRnn(spec, weights, pooledImage());
    }
    const attend = spec.locations === 'hard' ? drawnImage : attendedImage;
    return new TanhRnn(spec, weights, attend(spec, weights));
  },
};

type TanhState = {
  readonly h: Tensor; // [rows, hidden]
};

function parameters(spec: TanhRnnSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed } = spec;
  const { vocabulary } = sizes;
  return [
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    { name: 'rnn.input', shape: [embed, hidden], start: xavierIn(embed) },
    { name: 'rnn.recurrent', shape: [hidden, hidden], start: orthogonalRows(hidden, hidden) },
    ...outputParameters(spec, vocabulary, hidden),
    ...imageTermParameters(spec, sizes),
  ];
}

class TanhRnn<Prepared extends RowTensors> implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: TanhRnnSpec,
    private readonly weights: Weights,
    readonly image: ImageTerm<Prepared>,
  ) {
    const { hidden, dropout } = spec;
    this.noise = [
      ...dropoutPlan('dropout', dropout, (steps, size) => [steps * size, hidden]),
      ...image.noise,
    ];
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights, image } = this;
    const [steps = 0, size = 0] = inputs.shape;
    const words = this.wordInputs(reshape(inputs, [steps * size]));
    const recurrent = this.recurrent();
    const states: Tensor[] = [];
    let h: Tensor = zeros([size, spec.hidden]);
    for (const word of split<Tensor>(words, steps, 0)) {
      h = advance(recurrent, h, word);
      states.push(h);
    }
    const all = concat(states, 0); // [steps * size, hidden]
    const kept = dropped(all, noiseOf(noise, this.noise, 'dropout'));
    const own = outputLogits(spec, weights, kept);
    const output = trainedImageOutput(spec, weights);
    return image.addTo(own, image.prepare(images, output), all, { output, steps, noise });
  }

  decoder(): Decoder<Prepared, TanhState> {
    const { spec, weights } = this;
    return new TanhDecoder(
      this,
      this.recurrent(),
      new OutputLayer(spec, weights),
      new FinishedImageOutput(spec, weights),
    );
  }

  initialState(rows: number): TanhState {
    return { h: zeros([rows, this.spec.hidden]) };
  }

  /** W_s S, [words, hidden]; `ids`: int32 [words]. */
  wordInputs(ids: Tensor): Tensor {
    const s = gather(weightOf(this.weights, 'embedding'), ids);
    return matMul(s, weightOf(this.weights, 'rnn.input'));
  }

  private recurrent(): Linear {
    return new Linear(weightOf(this.weights, 'rnn.recurrent'), null);
  }
}

class TanhDecoder<Prepared extends RowTensors> implements Decoder<Prepared, TanhState> {
  readonly maxWords = null;

  constructor(
    private readonly model: TanhRnn<Prepared>,
    private readonly recurrent: Linear,
    private readonly output: OutputLayer,
    private readonly imageOutput: ImageOutput,
  ) {}

  encode(images: ImageTensors): Prepared {
    return this.model.image.prepare(images, this.imageOutput);
  }

  begin(_images: Prepared, rows: number): TanhState {
    return this.model.initialState(rows);
  }

  step(images: Prepared, state: TanhState, words: Tensor): Stepped<TanhState> {
    const { model, recurrent } = this;
    const h = advance(recurrent, state.h, model.wordInputs(words));
    const step = { output: this.imageOutput, steps: 1, noise: null };
    const { logits, alpha } = model.image.addTo(this.output.logits(h), images, h, step);
    return { state: { h }, logits, alpha: alpha === null ? null : () => squeeze(alpha(), [0]) };
  }
}

/** tanh(W_h h + W_s S) */
function advance(recurrent: Linear, h: Tensor, word: Tensor): Tensor {
  return tanh(add(recurrent.apply(h), word));
}
