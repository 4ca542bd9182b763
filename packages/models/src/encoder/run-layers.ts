/** Runs the layers of a plan from one tensor to another. */
import { add, fused, mean, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ConvolutionLayer, EncoderPlan, PlanLayer } from '@capgrid/contracts';
import { EncoderPlanError } from '../errors.js';
import type { Filter } from './plan-filters.js';

export type Filters = ReadonlyMap<PlanLayer, Filter>;

/** A tensor of the plan: its number and its value, [images, height, width, channels]. */
export interface PlanTensor {
  readonly id: number;
  readonly value: Tensor4D;
}

/**
 * From `input` to the tensor `wanted`. Each other tensor is freed after its last reader, `input` too;
 * a gradient keeps what it needs.
 */
export function runLayers(
  plan: EncoderPlan,
  filters: Filters,
  input: PlanTensor,
  wanted: number,
): Tensor4D {
  const layers = layersBetween(plan, input.id, wanted);
  const lastReader = new Map<number, PlanLayer>();
  for (const layer of layers) for (const read of layer.inputs) lastReader.set(read, layer);
  const live = new Map<number, Tensor4D>([[input.id, input.value]]);
  const valueOf = (id: number): Tensor4D => {
    const value = live.get(id);
    if (value === undefined) throw new EncoderPlanError(plan.name, `tensor ${id} is gone.`);
    return value;
  };
  for (const layer of layers) {
    live.set(layer.output, runLayer(layer, filters.get(layer), valueOf));
    // A layer may add a tensor to itself.
    for (const read of new Set<number>(layer.inputs)) {
      if (lastReader.get(read) !== layer || read === wanted) continue;
      valueOf(read).dispose();
      live.delete(read);
    }
  }
  return valueOf(wanted);
}

/** The layers that `wanted` needs when the tensor `start` is given, in the plan's order. */
function layersBetween(plan: EncoderPlan, start: number, wanted: number): PlanLayer[] {
  const needed = new Set([wanted]);
  const layers: PlanLayer[] = [];
  for (const layer of plan.layers.toReversed()) {
    if (layer.output === start || !needed.has(layer.output)) continue;
    layers.unshift(layer);
    for (const read of layer.inputs) needed.add(read);
  }
  return layers;
}

function runLayer(
  layer: PlanLayer,
  filter: Filter | undefined,
  valueOf: (id: number) => Tensor4D,
): Tensor4D {
  switch (layer.op) {
    case 'add':
      return add<Tensor4D>(valueOf(layer.inputs[0]), valueOf(layer.inputs[1]));
    case 'avgpool':
      return mean<Tensor4D>(valueOf(layer.inputs[0]), [1, 2], true);
    case 'conv':
    case 'dwconv':
      if (filter === undefined) {
        throw new EncoderPlanError(layer.name, 'its weights were not loaded.');
      }
      return convolve(layer, filter, valueOf(layer.inputs[0]));
  }
}

/** tfjs's 'same' is TensorFlow's: asymmetric with stride 2 on even sizes. */
function convolve(
  { op, stride, activation }: ConvolutionLayer,
  { weight, bias }: Filter,
  x: Tensor4D,
): Tensor4D {
  const options = {
    x,
    filter: weight,
    strides: stride,
    pad: 'same',
    bias,
    activation: activation === 'relu' ? 'relu' : 'linear',
  } as const;
  return op === 'conv' ? fused.conv2d(options) : fused.depthwiseConv2d(options);
}
