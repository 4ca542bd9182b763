/** Shapes of what a layer plan computes and of the weights it reads. */
import type { ConvolutionLayer, EncoderPlan, PlanLayer } from './encoder-plan.js';

/** Of one image: [height, width, channels]. */
export type TensorShape = readonly [number, number, number];

/** What a layer gives for what it reads first; padding is TensorFlow's "SAME". */
export function outputShape(layer: PlanLayer, [height, width, channels]: TensorShape): TensorShape {
  switch (layer.op) {
    case 'add':
      return [height, width, channels];
    case 'avgpool':
      return [1, 1, channels];
    case 'conv':
    case 'dwconv': {
      const { stride, channelsOut } = layer;
      return [Math.ceil(height / stride), Math.ceil(width / stride), channelsOut];
    }
  }
}

export function inputShape({ inputSize: [height, width] }: EncoderPlan): TensorShape {
  return [height, width, 3];
}

/** In the weights file: [out, in, k, k], of depthwise filters [out, 1, k, k], and biases [out]. */
export function weightShapes({ op, kernel, channelsIn, channelsOut }: ConvolutionLayer) {
  const channels = op === 'dwconv' ? 1 : channelsIn;
  return { weight: [channelsOut, channels, kernel, kernel], bias: [channelsOut] };
}
