/**
 * Cuts a layer plan in two: the layers before the cut are frozen, and what they give is computed once
 * per image; the last convolutions before the feature map are trained with the decoder.
 */
import type { ConvolutionLayer, EncoderPlan, PlanLayer } from './encoder-plan.js';
import { inputShape, outputShape, type TensorShape } from './encoder-plan-shapes.js';

export interface EncoderCut {
  /** The tensor at the cut. */
  readonly tensor: number;
  /** Of one image there: [height, width, channels]. */
  readonly shape: TensorShape;
  /** In the plan's order; none where nothing is trained. */
  readonly trained: readonly ConvolutionLayer[];
}

/** More than one tensor crosses the place where a plan should be cut. */
export class EncoderCutError extends Error {
  override readonly name = 'EncoderCutError';
  readonly code = 'encoder-cut';
  readonly isRetryable = false;
}

/** @throws EncoderCutError where the plan cannot be cut there, naming the counts that work. */
export function cutEncoder(plan: EncoderPlan, layers: number): EncoderCut {
  const cuts = possibleCuts(plan);
  const cut = cuts.get(layers);
  if (cut !== undefined) return cut;
  const counts = [...cuts.keys()].sort((a, b) => a - b);
  throw new EncoderCutError(
    `the plan "${plan.name}" cannot be cut before its last ${layers} convolutions; use one of ${counts.join(', ')}`,
  );
}

/** By the number of convolutions behind the cut. */
function possibleCuts(plan: EncoderPlan): Map<number, EncoderCut> {
  const layers = layersOfFeatures(plan);
  const shapes = shapesOf(plan);
  const lastReader = new Map<number, number>();
  for (const [position, { inputs }] of layers.entries()) {
    for (const read of inputs) lastReader.set(read, position);
  }
  const cuts = new Map<number, EncoderCut>();
  const written: number[] = [];
  for (const [position, tensor] of [plan.inputTensor, ...layers.map(outputOf)].entries()) {
    written.push(tensor);
    // Before the layer at `position`: an earlier tensor that this or a later layer reads passes by.
    const passesBy = (id: number): boolean =>
      id !== tensor && (lastReader.get(id) ?? -1) >= position;
    const shape = shapes.get(tensor);
    if (shape === undefined || written.some(passesBy)) continue;
    const trained = layers
      .slice(position)
      .flatMap((layer) => (layer.op === 'conv' || layer.op === 'dwconv' ? [layer] : []));
    // Of several with the same layers, e.g. around an addition, the last has the least to compute.
    cuts.set(trained.length, { tensor, shape, trained });
  }
  return cuts;
}

/** Those that the feature map depends on, in the plan's order. */
function layersOfFeatures(plan: EncoderPlan): PlanLayer[] {
  const needed = new Set([plan.featureTensor]);
  const layers: PlanLayer[] = [];
  for (const layer of plan.layers.toReversed()) {
    if (!needed.has(layer.output)) continue;
    layers.unshift(layer);
    for (const read of layer.inputs) needed.add(read);
  }
  return layers;
}

function outputOf({ output }: PlanLayer): number {
  return output;
}

/** Of every tensor. */
function shapesOf(plan: EncoderPlan): Map<number, TensorShape> {
  const input = inputShape(plan);
  const shapes = new Map([[plan.inputTensor, input]]);
  for (const layer of plan.layers) {
    shapes.set(layer.output, outputShape(layer, shapes.get(layer.inputs[0]) ?? input));
  }
  return shapes;
}
