/** Gradient of a convolution in NHWC layout without dilation. */
import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { GradientError } from '../errors.js';
import { numbersOf, ofOne, pick } from './saved.js';

export const convolutionGradients: readonly GradConfig[] = [
  {
    kernelName: Conv2D,
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
        x: () => run(Conv2DBackpropInput, { dy, filter }, { ...common, inputShape: [...x.shape] }),
        filter: () =>
          run(Conv2DBackpropFilter, { x, dy }, { ...common, filterShape: [...filter.shape] }),
      };
    }),
  },
];

/** These kernels have no function in tfjs-core's interface. */
function run(kernel: string, inputs: NamedTensorMap, attrs: NamedAttrMap): Tensor {
  const result = engine().runKernel<Tensor | Tensor[]>(kernel, inputs, attrs);
  if (Array.isArray(result)) throw new GradientError(`${kernel} returned several tensors`);
  return result;
}
