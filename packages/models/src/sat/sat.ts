/**
 * SAT, the self-attentive transformer decoder (Bazzani, Domhan & Hieber 2018; Vaswani et al. 2017),
 * as sockeye has it: letters say what happens before and after each part of a block; without
 * layer norm before the parts, none comes before the output either.
 */
import {
  add,
  concat,
  gather,
  matMul,
  mul,
  reshape,
  split,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { SatSpec } from '@capgrid/contracts';
import { attendPrepared, multiHeadAttention, prepareHeads } from '@capgrid/ops';
import { meanAttention } from '../attention/mean-attention.js';
import type {
  Captioner,
  Decoder,
  Family,
  ImageTensors,
  RowTensors,
  Stepped,
  Taught,
} from '../captioner/captioner.js';
import { dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { rowTensor } from '../captioner/row-tensor.js';
import { rowsOf } from '../captioner/rows.js';
import { byCaption, byStep } from '../captioner/whole-captions.js';
import { ModelInputError } from '../errors.js';
import { projectRegions } from '../image/regions.js';
import { layerNames } from '../layer-names.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { firstPositions, wordsWithPosition, StepPositions } from '../positions/positions.js';
import { runBlock, type BlockAttention } from './block.js';
import { applySequence, type Masks } from './process.js';
import { satNoise } from './sat-noise.js';
import { satParameters } from './sat-parameters.js';

export const satFamily: Family<SatSpec> = {
  parameters: satParameters,
  create: (spec, weights) => new Sat(spec, weights),
};

const WITHOUT_DROPOUT: Masks = () => null;

/** Keys and values of one layer's attention over the regions, [images, regions, hidden] each. */
interface ImageAttention {
  readonly keys: Tensor;
  readonly values: Tensor;
}

class Sat implements Captioner {
  readonly noise: readonly NoisePlan[];
  readonly layers: readonly string[];
  private readonly scale: number;

  constructor(
    readonly spec: SatSpec,
    readonly weights: Weights,
  ) {
    this.noise = satNoise(spec);
    this.layers = layerNames(spec);
    this.scale = 1 / Math.sqrt(spec.hidden / spec.heads);
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights } = this;
    const [steps = 0, size = 0] = inputs.shape;
    const masks: Masks = (name) => noiseOf(noise, this.noise, name);
    const { memory, mask } = projectRegions(spec, weights, images);
    const byRow = rowsOf(images);
    const regionMask = byRow(mask);
    const shape = [size, steps, spec.hidden];
    const words = reshape(this.embed(byCaption(inputs)), shape);
    const positions = firstPositions(spec.positions, weights, steps, spec.hidden);
    const placed = reshape(add(words, positions), [size * steps, spec.hidden]);

    const alphas: Tensor[] = []; // [size, heads, steps, regions] each
    let x = dropped(placed, masks('placed'));
    for (const layer of this.layers) {
      const regions = this.imageAttention(layer, memory);
      const attention: BlockAttention = {
        self: (projected) => {
          const [query, keys, values] = thirds(projected, shape);
          const dropout = masks(`${layer}.self.alpha`);
          return this.attend({ query, keys, values }, dropout, null, true).context;
        },
        image: (queries) => {
          const query = reshape(queries, shape);
          const dropout = masks(`${layer}.image.alpha`);
          const [keys, values] = [byRow(regions.keys), byRow(regions.values)];
          const seen = this.attend({ query, keys, values }, dropout, regionMask, false);
          alphas.push(seen.alpha);
          return seen.context;
        },
      };
      x = runBlock(spec, weights, layer, x, attention, masks);
    }
    const last = applySequence(spec.preprocess, x, null, 'final', weights, masks);
    return {
      logits: outputLogits(spec, weights, byStep(last, steps, size)),
      alpha: () => transpose(meanAttention(alphas), [1, 0, 2]),
      extraLoss: null,
    };
  }

  decoder(): Decoder {
    return new SatDecoder(this, new OutputLayer(this.spec, this.weights));
  }

  /** int32 [rows] to [rows, hidden] */
  embed(words: Tensor): Tensor {
    const { spec, weights } = this;
    const e = gather(weightOf(weights, 'embedding'), words);
    return spec.positions === 'fixed' ? mul(e, Math.sqrt(spec.hidden)) : e;
  }

  imageAttention(layer: string, memory: Tensor): ImageAttention {
    const [images = 0, count = 0, width = 0] = memory.shape;
    const shape = [images, count, this.spec.hidden];
    const rows = reshape(memory, [images * count, width]);
    const projected = matMul(rows, weightOf(this.weights, `${layer}.image.project`));
    const [keys, values] = split<Tensor>(projected, 2, 1);
    if (keys === undefined || values === undefined) throw new ModelInputError('no regions');
    return { keys: reshape(keys, shape), values: reshape(values, shape) };
  }

  /** `keys` and `values` come from `prepareHeads`; one query a row. */
  attendOne(query: Tensor, keys: Tensor, values: Tensor, mask: Tensor | null) {
    const tensors = { query, keys, values, ...(mask === null ? {} : { mask }) };
    return attendPrepared(tensors, { heads: this.spec.heads, scale: this.scale });
  }

  /** Vaswani et al. 2017, eq. 1, by head. The context is [size * steps, hidden]. */
  private attend(
    tensors: ImageAttention & { readonly query: Tensor },
    dropout: Tensor | null,
    mask: Tensor | null,
    isCausal: boolean,
  ): { context: Tensor; alpha: Tensor } {
    const { heads, hidden } = this.spec;
    const { context, alpha } = multiHeadAttention(
      {
        ...tensors,
        ...(dropout === null ? {} : { dropout }),
        ...(mask === null ? {} : { mask }),
      },
      { heads, scale: this.scale, isCausal },
    );
    return { context: reshape(context, [context.size / hidden, hidden]), alpha };
  }
}

/** Keys and values of the regions by layer, `NAME.keys` and `NAME.values`, and the `mask`. */
type SatImages = RowTensors;

/** `position`, int32 [rows], and by layer the keys and values of the words so far; null before any. */
type SatState = RowTensors;

class SatDecoder implements Decoder<SatImages, SatState> {
  readonly maxWords: number | null;
  private readonly positions: StepPositions;

  constructor(
    private readonly model: Sat,
    private readonly output: OutputLayer,
  ) {
    this.positions = new StepPositions(model.spec.positions, model.weights, model.spec.hidden);
    this.maxWords = wordsWithPosition(model.spec.positions, model.weights);
  }

  encode(images: ImageTensors): SatImages {
    const { model } = this;
    const { memory, mask } = projectRegions(model.spec, model.weights, images);
    const encoded: Record<string, Tensor | null> = { mask };
    for (const layer of model.layers) {
      const { keys, values } = model.imageAttention(layer, memory);
      encoded[`${layer}.keys`] = prepareHeads(keys, model.spec.heads);
      encoded[`${layer}.values`] = prepareHeads(values, model.spec.heads);
    }
    return encoded;
  }

  begin(_images: SatImages, rows: number): SatState {
    return { position: this.positions.begin(rows) };
  }

  step(images: SatImages, state: SatState, words: Tensor): Stepped<SatState> {
    const { model, output } = this;
    const { spec, weights } = model;
    const { hidden, heads } = spec;
    const shape = [words.size, 1, hidden];
    const position = rowTensor(state, 'position');
    const next: Record<string, Tensor | null> = { position: this.positions.next(position) };
    const alphas: Tensor[] = []; // [rows, heads, 1, regions] each

    let x: Tensor = add(model.embed(words), this.positions.at(position));
    for (const layer of model.layers) {
      const attention: BlockAttention = {
        self: (projected) => {
          const [query, key, value] = thirds(projected, shape);
          const keys = appended(state[`${layer}.keys`], prepareHeads(key, heads));
          const values = appended(state[`${layer}.values`], prepareHeads(value, heads));
          next[`${layer}.keys`] = keys;
          next[`${layer}.values`] = values;
          return reshape(model.attendOne(query, keys, values, null).context, [words.size, hidden]);
        },
        image: (queries) => {
          const [keys, values] = [
            rowTensor(images, `${layer}.keys`),
            rowTensor(images, `${layer}.values`),
          ];
          const query = reshape(queries, shape);
          const seen = model.attendOne(query, keys, values, images['mask'] ?? null);
          alphas.push(seen.alpha);
          return reshape(seen.context, [words.size, hidden]);
        },
      };
      x = runBlock(spec, weights, layer, x, attention, WITHOUT_DROPOUT);
    }
    const last = applySequence(spec.preprocess, x, null, 'final', weights, WITHOUT_DROPOUT);
    return {
      state: next,
      logits: output.logits(last),
      alpha: () => {
        const alpha = meanAttention(alphas); // [rows, 1, regions]
        return reshape(alpha, [words.size, alpha.size / words.size]);
      },
    };
  }
}

/** Queries, keys and values, each of `shape`, side by side in [rows, 3 hidden]. */
function thirds(projected: Tensor, shape: readonly number[]): [Tensor, Tensor, Tensor] {
  const [a, b, c] = split<Tensor>(projected, 3, 1).map((part) => reshape(part, [...shape]));
  if (a === undefined || b === undefined || c === undefined) {
    throw new ModelInputError('no words to attend to');
  }
  return [a, b, c];
}

/** One more word; words are on the last axis but one. */
function appended(cache: Tensor | null | undefined, one: Tensor): Tensor {
  return cache === null || cache === undefined ? one : concat([cache, one], one.rank - 2);
}
