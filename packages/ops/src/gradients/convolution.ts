/** Gradients of convolutions, also depthwise ones, in NHWC layout without dilation. */
import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { GradientError } from '../errors.js';
import { numbersOf, ofOne, pick } from './saved.js';

export const convolutionGradients: readonly GradConfig[] = [
  gradientOf(Conv2D, { input: Conv2DBackpropInput, filter: Conv2DBackpropFilter }),
  gradientOf(DepthwiseConv2dNative, {
    input: DepthwiseConv2dNativeBackpropInput,
    filter: DepthwiseConv2dNativeBackpropFilter,
  }),
];

function gradientOf(
  kernelName: string,
  kernels: { readonly input: string; readonly filter: string },
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x', 'filter'],
    gradFunc: ofOne((dy, saved, attrs) => {
      const [x, filter] = [pick(saved, 0), pick(saved, 1)];
      const dilations = numbersOf(attrs, 'dilations');
      if (dilations.some((dilation) => dilation !== 1)) {
        // The kernels of some engines ignore it and would return other numbers.
        throw new GradientError(
          `a convolution with the dilation ${dilations.join(', ')} has none, only one with 1 has`,
        );
      }
      // The gradients of padding, strides and layout are those of the convolution itself.
      const common: NamedAttrMap = { ...attrs };
      return {
        x: () => run(kernels.input, { dy, filter }, { ...common, inputShape: [...x.shape] }),
        filter: () => run(kernels.filter, { x, dy }, { ...common, filterShape: [...filter.shape] }),
      };
    }),
  };
}

/** These kernels have no function in tfjs-core's interface. */
function run(kernel: string, inputs: NamedTensorMap, attrs: NamedAttrMap): Tensor {
  const result = engine().runKernel<Tensor | Tensor[]>(kernel, inputs, attrs);
  if (Array.isArray(result)) throw new GradientError(`${kernel} returned several tensors`);
  return result;
}
