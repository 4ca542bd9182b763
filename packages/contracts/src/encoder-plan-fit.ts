/**
 * Whether a layer plan fits its weights and itself: asked when it is registered, and again before it
 * runs, as the files may have come another way.
 */
import type { EncoderPlan, PlanLayer } from './encoder-plan.js';
import { inputShape, outputShape, weightShapes, type TensorShape } from './encoder-plan-shapes.js';

/** An array of the weights file, as its header tells of it. */
export interface WeightArray {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Its bytes are those from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
}

/** Both of 4 bytes. */
const DTYPES = ['F32', 'I32'];

/** The first fault, e.g. `first: the weights file has no array "w1"`; null where all fits. */
export function findPlanFault(plan: EncoderPlan, arrays: readonly WeightArray[]): string | null {
  const [height, width] = plan.inputSize;
  if (height !== width) {
    return `input.size: it reads images of ${width}x${height} pixels, and every image becomes a square`;
  }
  const faults = [...faultsOfArrays(arrays), ...faultsOfLayers(plan, arrays)];
  return faults[0] ?? null;
}

function* faultsOfArrays(arrays: readonly WeightArray[]): Generator<string> {
  for (const { name, dtype, shape, start, end } of arrays) {
    const bytes = shape.reduce((product, size) => product * size, 4);
    if (!DTYPES.includes(dtype)) {
      yield `"${name}" has the dtype ${dtype}; F32 and I32 can be read`;
    } else if (end - start !== bytes) {
      yield `"${name}" of shape ${show(shape)} needs ${bytes} bytes, its range has ${end - start}`;
    }
  }
}

function* faultsOfLayers(plan: EncoderPlan, arrays: readonly WeightArray[]): Generator<string> {
  const found = new Map(arrays.map((array) => [array.name, array.shape]));
  const shapes = new Map([[plan.inputTensor, inputShape(plan)]]);
  for (const [position, layer] of plan.layers.entries()) {
    const inputs = layer.inputs.flatMap((id) => {
      const shape = shapes.get(id);
      return shape === undefined ? [] : [shape];
    });
    const [input] = inputs;
    // An earlier layer writes it (encoder-plan.ts).
    if (input === undefined) continue;
    const name = 'name' in layer ? layer.name : `layers.${position}`;
    for (const fault of [...faultsOfInputs(layer, inputs), ...faultsOfWeights(layer, found)]) {
      yield `${name}: ${fault}`;
    }
    shapes.set(layer.output, outputShape(layer, input));
  }
  const [rows, columns, depth] = shapes.get(plan.featureTensor) ?? [];
  if (show(plan.featureShape) !== show([depth, rows, columns])) {
    yield `feature_map.shape: the plan says ${show(plan.featureShape)}, the layers give ${show([depth, rows, columns])}`;
  }
}

function* faultsOfInputs(layer: PlanLayer, inputs: readonly TensorShape[]): Generator<string> {
  const [first, second] = inputs;
  if (layer.op === 'add' && first?.join() !== second?.join()) {
    const [one, other] = layer.inputs;
    yield `it adds the tensors ${one} and ${other}, whose [height, width, channels] are ${show(first)} and ${show(second)}`;
  }
  if (layer.op !== 'conv' && layer.op !== 'dwconv') return;
  const { channelsIn, channelsOut } = layer;
  const channels = first?.[2];
  if (channels !== channelsIn) {
    yield `its cin is ${channelsIn}, tensor ${layer.inputs[0]} has ${channels} channels`;
  }
  if (layer.op === 'dwconv' && channelsIn !== channelsOut) {
    yield `its cin is ${channelsIn} and its cout ${channelsOut}; a dwconv gives as many channels as it reads`;
  }
}

function* faultsOfWeights(
  layer: PlanLayer,
  found: ReadonlyMap<string, readonly number[]>,
): Generator<string> {
  if (layer.op !== 'conv' && layer.op !== 'dwconv') return;
  const expected = weightShapes(layer);
  for (const part of ['weight', 'bias'] as const) {
    const name = layer[part];
    const shape = found.get(name);
    if (shape === undefined) yield `the weights file has no array "${name}"`;
    else if (show(shape) !== show(expected[part])) {
      yield `"${name}" should have the shape ${show(expected[part])}, the file has ${show(shape)}`;
    }
  }
}

function show(shape: readonly (number | undefined)[] = []): string {
  return `[${shape.join(', ')}]`;
}
