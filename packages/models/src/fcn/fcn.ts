/**
 * FCN, the fully convolutional decoder (Bazzani, Domhan & Hieber 2018; Gehring et al. 2017), as
 * sockeye has it: no factor sqrt(0.5) at the residuals, no linear layers around a block.
 */
import {
  add,
  concat,
  gather,
  matMul,
  mul,
  reshape,
  slice,
  transpose,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { FcnSpec } from '@capgrid/contracts';
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
import { dropoutPlan, dropped, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { rowTensor } from '../captioner/row-tensor.js';
import { rowsOf } from '../captioner/rows.js';
import { byCaption, byStep } from '../captioner/whole-captions.js';
import { projectRegions } from '../image/regions.js';
import { layerNames } from '../layer-names.js';
import { OutputLayer, outputLogits } from '../output-layer.js';
import { weightOf, type Weights } from '../parameters.js';
import { firstPositions, wordsWithPosition, StepPositions } from '../positions/positions.js';
import {
  activate,
  finishedKernel,
  trainedFilters,
  windowsOf,
  type Filters,
} from './convolution.js';
import { attendRegions, regionKeys } from './fcn-attention.js';
import { fcnParameters } from './fcn-parameters.js';

export const fcnFamily: Family<FcnSpec> = {
  parameters: fcnParameters,
  create: (spec, weights) => new Fcn(spec, weights),
};

/**
 * What is computed once per batch of images, for the rows that look at them: the `mask`, and the
 * `memory`, [rows, regions, hidden], or by layer its projections `NAME.keys` and `NAME.values`.
 */
type FcnImages = RowTensors;

class Fcn implements Captioner {
  readonly noise: readonly NoisePlan[];
  readonly layers: readonly string[];

  constructor(
    readonly spec: FcnSpec,
    readonly weights: Weights,
  ) {
    this.layers = layerNames(spec);
    this.noise = this.layers.flatMap((layer) =>
      dropoutPlan(layer, spec.dropout, (steps, size) => [size * steps, spec.hidden]),
    );
  }

  teach(images: ImageTensors, inputs: Tensor, noise: Noise | null): Taught {
    const { spec, weights } = this;
    const { hidden, embed, kernel } = spec;
    const [steps = 0, size = 0] = inputs.shape;
    const regions = this.encode(images);
    const e = gather(weightOf(weights, 'embedding'), byCaption(inputs));
    const positions = this.scaled(firstPositions(spec.positions, weights, steps, embed));
    const placed = add(reshape(e, [size, steps, embed]), positions);

    const alphas: Tensor[] = []; // [size, 1, steps, regions] each
    let x = this.input(reshape(placed, [size * steps, embed]));
    for (const layer of this.layers) {
      const dropout = noiseOf(noise, this.noise, layer);
      const words = reshape(dropped(x, dropout), [size, steps, hidden]);
      const padded = concat([zeros([size, kernel - 1, hidden]), words], 1);
      const next = this.block(
        layer,
        x,
        trainedFilters(spec, weights, layer)(windowsOf(padded, kernel)),
        regions,
      );
      alphas.push(next.alpha);
      x = next.x;
    }
    return {
      logits: outputLogits(spec, weights, byStep(x, steps, size)),
      alpha: () => transpose(meanAttention(alphas), [1, 0, 2]),
      extraLoss: null,
    };
  }

  decoder(): Decoder {
    const { spec, weights } = this;
    const kernels = Object.fromEntries(
      this.layers.map((layer) => [layer, finishedKernel(spec, weights, layer)]),
    );
    return new FcnDecoder(this, kernels, new OutputLayer(spec, weights));
  }

  encode(images: ImageTensors): FcnImages {
    const { spec, weights } = this;
    const { memory, mask } = projectRegions(spec, weights, images);
    const byRow = rowsOf(images);
    if (!spec.projectQkv) return { mask: byRow(mask), memory: byRow(memory) };
    const encoded: Record<string, Tensor | null> = { mask: byRow(mask) };
    for (const layer of this.layers) {
      const { keys, values } = regionKeys(spec, weights, layer, memory);
      encoded[`${layer}.keys`] = byRow(keys);
      encoded[`${layer}.values`] = byRow(values);
    }
    return encoded;
  }

  /** Embedded words with their position, [rows, embed] to [rows, hidden]. */
  input(placed: Tensor): Tensor {
    return matMul(placed, weightOf(this.weights, 'input.weight'));
  }

  /** Sinusoids are made smaller, to be no larger than the embeddings; learned positions stay. */
  scaled(positions: Tensor): Tensor {
    const { spec } = this;
    return spec.positions === 'fixed' ? mul(positions, 1 / Math.sqrt(spec.embed)) : positions;
  }

  /** x_{l+1} = x_l + u + context(u). `x`: [rows, hidden]; `filtered`: [rows, filters]. */
  block(
    layer: string,
    x: Tensor,
    filtered: Tensor,
    images: FcnImages,
  ): { x: Tensor; alpha: Tensor } {
    const { spec, weights } = this;
    const u = activate(spec.activation, filtered);
    const regions = {
      keys: rowTensor(images, spec.projectQkv ? `${layer}.keys` : 'memory'),
      values: rowTensor(images, spec.projectQkv ? `${layer}.values` : 'memory'),
    };
    const mask = images['mask'] ?? null;
    const { context, alpha } = attendRegions(spec, weights, layer, u, regions, mask);
    return { x: add(add(x, u), context), alpha };
  }
}

/** `position`, int32 [rows], and by layer what its convolution read last, [rows, kernel - 1, hidden]. */
type FcnState = RowTensors;

class FcnDecoder implements Decoder<FcnImages, FcnState> {
  readonly maxWords: number | null;
  private readonly positions: StepPositions;

  constructor(
    private readonly model: Fcn,
    /** By layer, [filters, kernel * hidden]. */
    private readonly kernels: Readonly<Record<string, Tensor>>,
    private readonly output: OutputLayer,
  ) {
    this.positions = new StepPositions(model.spec.positions, model.weights, model.spec.embed);
    this.maxWords = wordsWithPosition(model.spec.positions, model.weights);
  }

  encode(images: ImageTensors): FcnImages {
    return this.model.encode(images);
  }

  begin(_images: FcnImages, rows: number): FcnState {
    const { layers, spec } = this.model;
    const before = layers.map((layer) => [layer, zeros([rows, spec.kernel - 1, spec.hidden])]);
    return { position: this.positions.begin(rows), ...Object.fromEntries(before) };
  }

  step(images: FcnImages, state: FcnState, words: Tensor): Stepped<FcnState> {
    const { model, output } = this;
    const { spec, weights, layers } = model;
    const { hidden, kernel } = spec;
    const rows = words.size;
    const position = rowTensor(state, 'position');
    const next: Record<string, Tensor | null> = { position: this.positions.next(position) };
    const alphas: Tensor[] = []; // [rows, 1, 1, regions] each

    const e = gather(weightOf(weights, 'embedding'), words);
    let x = model.input(add(e, model.scaled(this.positions.at(position))));
    for (const layer of layers) {
      const seen = concat([rowTensor(state, layer), reshape(x, [rows, 1, hidden])], 1);
      next[layer] = slice(seen, [0, 1, 0], [rows, kernel - 1, hidden]);
      const filtered = this.filters(layer)(reshape(seen, [rows, kernel * hidden]));
      const after = model.block(layer, x, filtered, images);
      alphas.push(after.alpha);
      x = after.x;
    }
    return {
      state: next,
      logits: output.logits(x),
      alpha: () => {
        const alpha = meanAttention(alphas); // [rows, 1, regions]
        return reshape(alpha, [rows, alpha.size / rows]);
      },
    };
  }

  private filters(layer: string): Filters {
    const bias = weightOf(this.model.weights, `${layer}.convolution.bias`);
    const kernel = rowTensor(this.kernels, layer);
    return (windows) => add(matMul(windows, kernel, false, true), bias);
  }
}
