/**
 * Cuts a layer plan in two: the layers before the cut are frozen, and what they give is computed once
 * per image; the last `layers` convolutions before the feature map are trained with the decoder.
 */
import { EncoderPlanError } from '../errors.js';
import { inputsOf, type ConvolutionLayer, type EncoderPlan } from './encoder-plan.js';
import { layersBetween } from './run-layers.js';

export interface EncoderCut {
  /** The tensor at the cut. */
  readonly tensor: number;
  /** Of one image there: [height, width, channels]. */
  readonly shape: readonly [number, number, number];
  /** In the plan's order; none where nothing is trained. */
  readonly trained: readonly ConvolutionLayer[];
}

/** @throws EncoderPlanError where more than one tensor crosses the cut, naming counts that work. */
export function cutEncoder(plan: EncoderPlan, layers: number): EncoderCut {
  const cuts = possibleCuts(plan);
  const cut = cuts.find(({ trained }) => trained.length === layers);
  if (cut !== undefined) return cut;
  const counts = cuts.map(({ trained }) => trained.length).sort((a, b) => a - b);
  throw new EncoderPlanError(
    'fineTune.layers',
    `the plan "${plan.name}" cannot be cut before its last ${layers} convolutions; use one of ${counts.join(', ')}.`,
  );
}

/** Every tensor that all later layers depend on through it alone. */
function possibleCuts(plan: EncoderPlan): EncoderCut[] {
  const shapes = shapesOf(plan);
  const cuts = new Map<number, EncoderCut>();
  for (const tensor of [plan.inputTensor, ...plan.layers.map(({ output }) => output)]) {
    const after = layersBetween(plan, tensor, plan.featureTensor);
    const written = new Set([tensor, ...after.map(({ output }) => output)]);
    const isClosed = after.every((layer) => inputsOf(layer).every((read) => written.has(read)));
    const shape = shapes.get(tensor);
    if (!isClosed || shape === undefined || !written.has(plan.featureTensor)) continue;
    const trained = after.flatMap((layer) =>
      layer.op === 'conv' || layer.op === 'dwconv' ? [layer] : [],
    );
    // Of several with the same layers, e.g. around an addition, the last has the least to compute.
    cuts.set(trained.length, { tensor, shape, trained });
  }
  return [...cuts.values()];
}

/** [height, width, channels] of every tensor. */
function shapesOf(plan: EncoderPlan): Map<number, readonly [number, number, number]> {
  const [height, width] = plan.inputSize;
  const shapes = new Map<number, readonly [number, number, number]>([
    [plan.inputTensor, [height, width, 3]],
  ]);
  for (const layer of plan.layers) {
    const [first = -1] = inputsOf(layer);
    const [rows, columns, channels] = shapes.get(first) ?? [0, 0, 0];
    if (layer.op === 'add') shapes.set(layer.output, [rows, columns, channels]);
    else if (layer.op === 'avgpool') shapes.set(layer.output, [1, 1, channels]);
    else {
      const { stride, channelsOut, output } = layer;
      shapes.set(output, [Math.ceil(rows / stride), Math.ceil(columns / stride), channelsOut]);
    }
  }
  return shapes;
}
