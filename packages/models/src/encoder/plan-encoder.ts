/** Runs a layer plan with its weights: images in, a feature map (and class logits) out. */
import {
  add,
  fused,
  mean,
  reshape,
  tensor,
  tensor4d,
  tidy,
  transpose,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { decodeSafetensors } from '../checkpoint/safetensors.js';
import { assertEngine, type Engine } from '../engine.js';
import { EncoderPlanError, ModelInputError } from '../errors.js';
import { joinFeatures } from '../features.js';
import type { NamedArray } from '../parameters.js';
import {
  inputsOf,
  parseEncoderPlan,
  type ConvolutionLayer,
  type EncoderPlan,
  type PlanLayer,
} from './encoder-plan.js';

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

/** `plan`: the parsed plan file. `weights`: the bytes of its safetensors file. */
export function createPlanEncoder(engine: Engine, plan: unknown, weights: Uint8Array): PlanEncoder {
  assertEngine(engine);
  const parsed = parseEncoderPlan(plan);
  const arrays = new Map(decodeSafetensors(weights).arrays.map((array) => [array.name, array]));
  const filters = new Map<PlanLayer, Filter>();
  for (const layer of parsed.layers) {
    if (layer.op === 'conv' || layer.op === 'dwconv') {
      filters.set(layer, loadFilter(layer, arrays));
    }
  }
  const lastTensor = parsed.layers.at(-1)?.output ?? parsed.inputTensor;
  const [channels, rows, columns] = parsed.featureShape;

  const run = async (images: Uint8Array, wanted: number): Promise<Float32Array> => {
    assertEngine(engine);
    const [height, width] = parsed.inputSize;
    const imageBytes = height * width * 3;
    if (images.length % imageBytes !== 0) {
      throw new ModelInputError(
        `${images.length} bytes are no whole number of RGB images of ${width}x${height} pixels.`,
      );
    }
    const parts: Float32Array[] = [];
    for (let start = 0; start < images.length; start += BATCH * imageBytes) {
      const pixels = images.subarray(start, start + BATCH * imageBytes);
      const output = tidy(() => runLayers(parsed, filters, inputTensor(parsed, pixels), wanted));
      parts.push(Float32Array.from(await output.data<'float32'>()));
      output.dispose();
    }
    return joinFeatures(parts);
  };

  return {
    name: parsed.name,
    inputSize: parsed.inputSize,
    regions: rows * columns,
    channels,
    labels: parsed.labels,
    encode: (images) => run(images, parsed.featureTensor),
    classify: (images) => run(images, lastTensor),
    dispose: () => {
      for (const { weight, bias } of filters.values()) {
        weight.dispose();
        bias.dispose();
      }
    },
  };
}

interface Filter {
  /** [k, k, in, out], or [k, k, in, 1] for depthwise ones */
  readonly weight: Tensor4D;
  readonly bias: Tensor; // [out]
}

/** The file has OIHW, and C1HW for depthwise filters. */
function loadFilter(layer: ConvolutionLayer, arrays: ReadonlyMap<string, NamedArray>): Filter {
  const { kernel, channelsIn, channelsOut, op } = layer;
  const isDepthwise = op === 'dwconv';
  const shape = [channelsOut, isDepthwise ? 1 : channelsIn, kernel, kernel];
  const weight = arrayOf(layer.name, arrays, layer.weight, shape);
  const bias = arrayOf(layer.name, arrays, layer.bias, [channelsOut]);
  return {
    weight: tidy(() =>
      transpose<Tensor4D>(
        reshape(tensor(weight.values), [channelsOut, isDepthwise ? 1 : channelsIn, kernel, kernel]),
        isDepthwise ? [2, 3, 0, 1] : [2, 3, 1, 0],
      ),
    ),
    bias: tensor(bias.values),
  };
}

function arrayOf(
  layer: string,
  arrays: ReadonlyMap<string, NamedArray>,
  name: string,
  shape: readonly number[],
): NamedArray {
  const array = arrays.get(name);
  if (array === undefined) {
    throw new EncoderPlanError(layer, `the weights file has no array "${name}".`);
  }
  if (array.shape.join() !== shape.join()) {
    throw new EncoderPlanError(
      layer,
      `"${name}" should have the shape [${shape.join(', ')}], the file has [${array.shape.join(', ')}].`,
    );
  }
  return array;
}

function inputTensor(plan: EncoderPlan, pixels: Uint8Array): Tensor4D {
  const [height, width] = plan.inputSize;
  const values = Float32Array.from(pixels, (byte) => byte * plan.scale + plan.offset);
  return tensor4d(values, [pixels.length / (height * width * 3), height, width, 3]);
}

/** The wanted tensor; each other one is freed after its last reader. */
function runLayers(
  plan: EncoderPlan,
  filters: ReadonlyMap<PlanLayer, Filter>,
  input: Tensor4D,
  wanted: number,
): Tensor {
  const lastReader = new Map<number, number>();
  for (const [position, layer] of plan.layers.entries()) {
    for (const read of inputsOf(layer)) lastReader.set(read, position);
  }
  const live = new Map<number, Tensor4D>([[plan.inputTensor, input]]);
  const valueOf = (id: number): Tensor4D => {
    const value = live.get(id);
    if (value === undefined) throw new EncoderPlanError(plan.name, `tensor ${id} is gone.`);
    return value;
  };
  for (const [position, layer] of plan.layers.entries()) {
    const filter = filters.get(layer);
    const output =
      layer.op === 'add'
        ? add<Tensor4D>(valueOf(layer.inputs[0]), valueOf(layer.inputs[1]))
        : layer.op === 'avgpool'
          ? mean<Tensor4D>(valueOf(layer.input), [1, 2], true)
          : convolve(layer, filter, valueOf(layer.input));
    live.set(layer.output, output);
    if (layer.output === wanted) return checkedOutput(plan, output, wanted);
    for (const read of inputsOf(layer)) {
      if (lastReader.get(read) !== position) continue;
      valueOf(read).dispose();
      live.delete(read);
    }
  }
  return checkedOutput(plan, valueOf(wanted), wanted);
}

/** tfjs's 'same' is TensorFlow's: asymmetric with stride 2 on even sizes. */
function convolve(
  { op, stride, activation, name }: ConvolutionLayer,
  filter: Filter | undefined,
  x: Tensor4D,
): Tensor4D {
  if (filter === undefined) throw new EncoderPlanError(name, 'its weights were not loaded.');
  const options = {
    x,
    filter: filter.weight,
    strides: stride,
    pad: 'same',
    bias: filter.bias,
    activation: activation === 'relu' ? 'relu' : 'linear',
  } as const;
  return op === 'conv' ? fused.conv2d(options) : fused.depthwiseConv2d(options);
}

function checkedOutput(plan: EncoderPlan, output: Tensor4D, wanted: number): Tensor {
  const [, rows, columns, depth] = output.shape;
  const [channels, height, width] = plan.featureShape;
  const isRight = rows === height && columns === width && depth === channels;
  if (wanted === plan.featureTensor && !isRight) {
    throw new EncoderPlanError(
      'feature_map.shape',
      `the plan says [${channels}, ${height}, ${width}], the layers give [${depth}, ${rows}, ${columns}].`,
    );
  }
  return output;
}
