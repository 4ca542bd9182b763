/** Runs a layer plan with its weights: images in, a feature map (and class logits) out. */
import type { EncoderCut, EncoderPlan, PlanLayer } from '@capgrid/contracts';
import { tensor4d, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { decodeSafetensors } from '../checkpoint/safetensors.js';
import { assertEngine, type Engine } from '../engine.js';
import { ModelInputError } from '../errors.js';
import { joinFeatures } from '../features.js';
import { loadFilter, type Filter } from './plan-filters.js';
import { runLayers } from './run-layers.js';

export interface PlanEncoder {
  readonly name: string;
  /** Height and width of the images in pixels. */
  readonly inputSize: readonly [number, number];
  /** Places of the feature map, row by row. */
  readonly regions: number;
  readonly channels: number;
  readonly labels: readonly string[];
  /** `images`: RGB bytes [n, height, width, 3]. Returns [n, regions, channels]. */
  readonly encode: (images: Uint8Array) => Promise<Float32Array>;
  /** Class logits [n, classes] of the plan's last layer. */
  readonly classify: (images: Uint8Array) => Promise<Float32Array>;
  /** Frees the weights. */
  readonly dispose: () => void;
}

/** Images on the engine at once; larger batches leave the cache and gain nothing. */
const BATCH = 4;

/**
 * `weights`: the bytes of the plan's safetensors file; that they fit is checked where both are read
 * (`findPlanFault`). `cut`: the layers behind it are left to a
 * training; `encode` ends before them.
 */
export function createPlanEncoder(
  engine: Engine,
  plan: EncoderPlan,
  weights: Uint8Array,
  cut: EncoderCut,
): PlanEncoder {
  assertEngine(engine);
  const arrays = new Map(decodeSafetensors(weights).arrays.map((array) => [array.name, array]));
  const filters = new Map<PlanLayer, Filter>();
  for (const layer of plan.layers) {
    if (layer.op === 'conv' || layer.op === 'dwconv') {
      filters.set(layer, loadFilter(layer, arrays));
    }
  }
  const lastTensor = plan.layers.at(-1)?.output ?? plan.inputTensor;
  const [rows, columns, channels] = cut.shape;

  const run = async (images: Uint8Array, wanted: number): Promise<Float32Array> => {
    assertEngine(engine);
    const [height, width] = plan.inputSize;
    const imageBytes = height * width * 3;
    if (images.length % imageBytes !== 0) {
      throw new ModelInputError(
        `${images.length} bytes are no whole number of RGB images of ${width}x${height} pixels.`,
      );
    }
    const parts: Float32Array[] = [];
    for (let start = 0; start < images.length; start += BATCH * imageBytes) {
      const pixels = images.subarray(start, start + BATCH * imageBytes);
      const output = tidy(() => {
        const input = { id: plan.inputTensor, value: inputTensor(plan, pixels) };
        return runLayers(plan, filters, input, wanted);
      });
      parts.push(Float32Array.from(await output.data<'float32'>()));
      output.dispose();
    }
    return joinFeatures(parts);
  };

  return {
    name: plan.name,
    inputSize: plan.inputSize,
    regions: rows * columns,
    channels,
    labels: plan.labels,
    encode: (images) => run(images, cut.tensor),
    classify: (images) => run(images, lastTensor),
    dispose: () => {
      for (const { weight, bias } of filters.values()) {
        weight.dispose();
        bias.dispose();
      }
    },
  };
}

function inputTensor(plan: EncoderPlan, pixels: Uint8Array): Tensor4D {
  const [height, width] = plan.inputSize;
  const values = Float32Array.from(pixels, (byte) => byte * plan.scale + plan.offset);
  return tensor4d(values, [pixels.length / (height * width * 3), height, width, 3]);
}
