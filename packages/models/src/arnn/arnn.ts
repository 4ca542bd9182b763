/**
 * The attentional RNN (Bazzani, Domhan & Hieber 2018, section 3; input feeding of Luong et al.
 * 2015). Letters as in the paper: V regions, v_g global descriptor, h and c the state of a layer,
 * hbar the attentional vector, e the word's embedding.
 */
import {
  add,
  concat,
  gather,
  reshape,
  split,
  stack,
  unstack,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import {
  createAttention,
  type Attend,
  type Attention,
  type PreparedRegions,
} from '../attention/attention.js';
import { contextWidth } from '../attention/widths.js';
import type {
  Captioner,
  Decoder,
  Family,
  ImageTensors,
  RowTensors,
  Stepped,
  Taught,
} from '../captioner/captioner.js';
import { dropoutPlan, dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { rowsOf } from '../captioner/rows.js';
import { projectRegions } from '../image/regions.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { arnnParameters } from './arnn-parameters.js';
import { fromRows, toRows, type ArnnState } from './arnn-state.js';
import { AttentionalVector } from './attentional-vector.js';
import { cellDropoutPlans, cellMasks, type CellMasks } from './cell-dropout.js';
import { InitialState } from './initial-state.js';
import { RecurrentStack } from './recurrent-stack.js';

export const arnnFamily: Family<ArnnSpec> = {
  parameters: arnnParameters,
  create: (spec, weights) => new Arnn(spec, weights),
};

/** What is computed once per batch of images, for the rows that look at them. */
type ArnnImages = PreparedRegions & {
  /** [rows, gates]: part of the first layer's gates that is the same at each step; null without it */
  readonly globalGates: Tensor | null;
  /** [rows, region width]: v_g where the query holds it, else null. */
  readonly queryGlobal: Tensor | null;
  /** State before the first word, see `InitialState.prepare`. */
  readonly start: Tensor | null;
};

/** What the previous words give to one step or to all of them at once, time-major. */
interface WordInputs {
  /** [words, gates] of the first layer */
  readonly gates: Tensor;
  /** [words, width]: part of the query; null without `usePreviousWord` */
  readonly query: Tensor | null;
}

/** The dropout of one word beside that of the layers. */
interface StepDropout {
  /** Which word of the caption it is. */
  readonly t: number;
  /** Mask of [h; context], [rows, hidden + context width], or null. */
  readonly vector: Tensor | null;
}

const NO_DROPOUT: StepDropout = { t: 0, vector: null };

class Arnn implements Captioner {
  readonly noise: readonly NoisePlan[];

  constructor(
    private readonly spec: ArnnSpec,
    private readonly weights: Weights,
  ) {
    const { hidden, embed, dropout, embeddingDropout } = spec;
    const joined = hidden + contextWidth(spec);
    this.noise = [
      ...dropoutPlan('dropout', dropout, (steps, size) => [steps, size, joined]),
      ...dropoutPlan('embeddingDropout', embeddingDropout, (steps, size) => [steps, size, embed]),
      ...cellDropoutPlans(spec),
    ];
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights } = this;
    const [steps = 0, size = 0] = inputs.shape;
    const step = new ArnnStep(spec, weights, cellMasks(spec, noise, this.noise));
    const encoded = step.encode(images);
    const ids = reshape(inputs, [steps * size]);
    const words = step.words(encoded, ids, noiseOf(noise, this.noise, 'embeddingDropout'), steps);
    const gates = split<Tensor>(words.gates, steps, 0);
    const queries = words.query === null ? [] : split<Tensor>(words.query, steps, 0);
    const dropout = noiseOf(noise, this.noise, 'dropout');
    const masks = dropout === null ? [] : unstack(dropout); // [size, hidden + context width] each
    const attend = step.attend(encoded);
    let state = step.begin(encoded, size);
    const vectors: Tensor[] = [];
    const alphas: (() => Tensor)[] = [];
    for (const [t, stepGates] of gates.entries()) {
      const input = { gates: stepGates, query: queries[t] ?? null };
      const next = step.advance(attend, state, input, { t, vector: masks[t] ?? null });
      state = next.state;
      vectors.push(next.hbar);
      alphas.push(next.alpha);
    }
    return {
      logits: outputLogits(spec, weights, concat(vectors, 0)),
      alpha: () => stack(alphas.map((alpha) => alpha())),
      extraLoss: null,
    };
  }

  decoder(): Decoder<ArnnImages> {
    const { spec, weights } = this;
    return new ArnnDecoder(
      spec.layers,
      new ArnnStep(spec, weights, []),
      new OutputLayer(spec, weights),
    );
  }
}

/**
 * One word of the model, with what is computed once per sequence. In training one object serves one
 * sequence.
 */
class ArnnStep {
  private readonly layers: RecurrentStack;
  private readonly attention: Attention;
  private readonly vector: AttentionalVector;
  private readonly start: InitialState;

  constructor(
    private readonly spec: ArnnSpec,
    private readonly weights: Weights,
    masks: readonly CellMasks[],
  ) {
    this.layers = new RecurrentStack(spec, weights, masks);
    this.attention = createAttention(spec, weights);
    this.vector = new AttentionalVector(spec, weights);
    this.start = new InitialState(spec, weights);
  }

  encode(images: ImageTensors): ArnnImages {
    const { concatGlobal, attention } = this.spec;
    const byRow = rowsOf(images);
    const regions = projectRegions(this.spec, this.weights, images);
    const { keys, values, mask, memoryInput } = this.attention.prepare(regions);
    return {
      keys: byRow(keys),
      values: byRow(values),
      mask: byRow(mask),
      memoryInput: byRow(memoryInput),
      globalGates: this.layers.globalGates(regions.global, byRow),
      queryGlobal: concatGlobal && attention.usePreviousWord ? byRow(regions.global()) : null,
      start: byRow(this.start.prepare(regions)),
    };
  }

  /** `rows`: of `images`. */
  begin(images: ArnnImages, rows: number): ArnnState {
    const { hidden, inputFeeding } = this.spec;
    return {
      layers: this.start.states(images.start, rows),
      hbar: inputFeeding ? zeros([rows, hidden]) : null,
      attention: this.attention.start(images, rows),
    };
  }

  /**
   * @param ids int32 [steps * rows]: the previous words, time-major
   * @param mask of the embeddings, [steps, rows, embed], or null
   */
  words(images: ArnnImages, ids: Tensor, mask: Tensor | null, steps: number): WordInputs {
    const looked = gather(weightOf(this.weights, 'embedding'), ids);
    const e = dropped(looked, mask === null ? null : reshape(mask, looked.shape));
    return {
      gates: addGlobalGates(this.layers.wordGates(e), images.globalGates, steps),
      query: this.spec.attention.usePreviousWord
        ? besideGlobal(e, images.queryGlobal, steps)
        : null,
    };
  }

  /** Begins a sequence of words about these images. */
  attend(images: ArnnImages): Attend {
    return this.attention.begin(images);
  }

  /** One word further. */
  advance(
    attend: Attend,
    state: ArnnState,
    word: WordInputs,
    dropout: StepDropout,
  ): { state: ArnnState; hbar: Tensor; alpha: () => Tensor } {
    const { states, output, attended } = this.layers.step(attend, {
      known: word.gates,
      hbar: state.hbar,
      states: state.layers,
      attentionState: state.attention,
      queryWord: word.query,
      t: dropout.t,
    });
    const hbar = this.vector.from(output, attended.context, dropout.vector);
    return {
      state: {
        layers: states,
        hbar: this.spec.inputFeeding ? hbar : null,
        attention: attended.state,
      },
      hbar,
      alpha: attended.alpha,
    };
  }
}

class ArnnDecoder implements Decoder<ArnnImages> {
  readonly maxWords = null;

  constructor(
    private readonly layers: number,
    private readonly model: ArnnStep,
    private readonly output: OutputLayer,
  ) {}

  encode(images: ImageTensors): ArnnImages {
    return this.model.encode(images);
  }

  begin(images: ArnnImages, rows: number): RowTensors {
    return toRows(this.model.begin(images, rows));
  }

  step(images: ArnnImages, state: RowTensors, words: Tensor): Stepped {
    const { model, output, layers } = this;
    const inputs = model.words(images, words, null, 1);
    const attend = model.attend(images);
    const next = model.advance(attend, fromRows(state, layers), inputs, NO_DROPOUT);
    return { state: toRows(next.state), logits: output.logits(next.hbar), alpha: next.alpha };
  }
}

/** Adds the part of the gates that is the same at each step to all steps at once. */
function addGlobalGates(words: Tensor, globalGates: Tensor | null, steps: number): Tensor {
  if (globalGates === null) return words;
  if (steps === 1) return add(words, globalGates);
  const [rows = 0, width = 0] = words.shape;
  const perStep = add(reshape(words, [steps, rows / steps, width]), globalGates);
  return reshape(perStep, [rows, width]);
}

/** [e; v_g] of all steps. */
function besideGlobal(words: Tensor, global: Tensor | null, steps: number): Tensor {
  if (global === null) return words;
  const globals = Array.from({ length: steps }, () => global);
  return concat([words, steps === 1 ? global : concat(globals, 0)], 1);
}
