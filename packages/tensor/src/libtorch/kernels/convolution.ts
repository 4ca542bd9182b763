/** Convolutions and their gradients. */
import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Ids } from '../binding.js';
import { NO_ENDING, endingOf } from './activation.js';
import type { KernelCall, NativeKernel } from './kernel.js';
import { convolution3DWindow, convolutionWindow } from './window.js';

export const convolutionKernels: readonly NativeKernel[] = [
  { name: tf.Conv2D, run: (call) => convolve(call, window2D(call, false), false) },
  { name: tf.Conv3D, run: (call) => convolve(call, window3D(call), false) },
  { name: tf.DepthwiseConv2dNative, run: (call) => convolve(call, window2D(call, true), true) },
  { name: tf.FusedConv2D, run: (call) => convolveAndEnd(call, false) },
  { name: tf.FusedDepthwiseConv2D, run: (call) => convolveAndEnd(call, true) },
  { name: tf.Conv2DBackpropInput, run: (call) => inputGradient2D(call, false) },
  { name: tf.DepthwiseConv2dNativeBackpropInput, run: (call) => inputGradient2D(call, true) },
  {
    name: tf.Conv3DBackpropInputV2,
    run: (call) => {
      const shape = call.numbers('inputShape');
      const window = convolution3DWindow(call, shape, call.input('filter').shape);
      return inputGradient(call, window, false, shape);
    },
  },
  { name: tf.Conv2DBackpropFilter, run: (call) => filterGradient2D(call, false) },
  { name: tf.DepthwiseConv2dNativeBackpropFilter, run: (call) => filterGradient2D(call, true) },
  {
    name: tf.Conv3DBackpropFilterV2,
    run: (call) => {
      const shape = call.numbers('filterShape');
      const window = convolution3DWindow(call, call.input('x').shape, shape);
      return filterGradient(call, window, false, shape);
    },
  },
];

function window2D(call: KernelCall, isDepthwise: boolean): Ids {
  return convolutionWindow(call, call.input('x').shape, call.input('filter').shape, isDepthwise);
}

function window3D(call: KernelCall): Ids {
  return convolution3DWindow(call, call.input('x').shape, call.input('filter').shape);
}

function convolve(call: KernelCall, window: Ids, isDepthwise: boolean): TensorInfo {
  call.binding.convolve(call.id('x'), call.id('filter'), window, isDepthwise, ...NO_ENDING);
  return call.result();
}

function convolveAndEnd(call: KernelCall, isDepthwise: boolean): TensorInfo {
  const window = window2D(call, isDepthwise);
  // With channels first, one value per channel belongs to the axis before height and width.
  const isMoved = call.attribute('dataFormat') === 'NCHW';
  const ending = endingOf(call, (info) => {
    const [channels = 1] = info.shape;
    const isPerChannel = isMoved && info.shape.length === 1 && channels > 1;
    return isPerChannel ? { ...info, shape: [channels, 1, 1] } : info;
  });
  call.binding.convolve(call.id('x'), call.id('filter'), window, isDepthwise, ...ending);
  return call.result();
}

function inputGradient2D(call: KernelCall, isDepthwise: boolean): TensorInfo {
  const shape = call.numbers('inputShape');
  const window = convolutionWindow(call, shape, call.input('filter').shape, isDepthwise);
  return inputGradient(call, window, isDepthwise, shape);
}

function inputGradient(
  call: KernelCall,
  window: Ids,
  isDepthwise: boolean,
  shape: Ids,
): TensorInfo {
  const [dy, filter] = [call.id('dy'), call.id('filter')];
  call.binding.convolveInputGradient(dy, filter, window, isDepthwise, shape);
  return call.result();
}

function filterGradient2D(call: KernelCall, isDepthwise: boolean): TensorInfo {
  const shape = call.numbers('filterShape');
  const window = convolutionWindow(call, call.input('x').shape, shape, isDepthwise);
  return filterGradient(call, window, isDepthwise, shape);
}

function filterGradient(
  call: KernelCall,
  window: Ids,
  isDepthwise: boolean,
  shape: Ids,
): TensorInfo {
  const [x, dy] = [call.id('x'), call.id('dy')];
  call.binding.convolveFilterGradient(x, dy, window, isDepthwise, shape);
  return call.result();
}
