/** Pooling, resizing and batch normalisation. */
import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Ids, Sampling } from '../binding.js';
import type { KernelCall, NativeKernel } from './kernel.js';
import { poolingWindow } from './window.js';

export const imageKernels: readonly NativeKernel[] = [
  ...[tf.MaxPool, tf.MaxPool3D].map((name) => pooling(name, 'maxPool')),
  ...[tf.AvgPool, tf.AvgPool3D].map((name) => pooling(name, 'averagePool')),
  ...[tf.MaxPoolGrad, tf.MaxPool3DGrad].map((name) => poolingGradient(name, 'maxPoolGradient')),
  ...[tf.AvgPoolGrad, tf.AvgPool3DGrad].map((name) => poolingGradient(name, 'averagePoolGradient')),
  { name: tf.ResizeBilinear, run: (call) => resize(call, true) },
  { name: tf.ResizeNearestNeighbor, run: (call) => resize(call, false) },
  { name: tf.ResizeBilinearGrad, run: (call) => resizeGradient(call, true) },
  { name: tf.ResizeNearestNeighborGrad, run: (call) => resizeGradient(call, false) },
  {
    name: tf.FusedBatchNorm,
    run: (call) => {
      const [x, mean, variance] = [call.id('x'), call.id('mean'), call.id('variance')];
      const epsilon = call.attribute('varianceEpsilon') ?? 0.001;
      call.binding.batchNorm(
        x,
        mean,
        variance,
        call.optionalId('offset'),
        call.optionalId('scale'),
        Number(epsilon),
      );
      return call.result();
    },
  },
];

function pooling(name: string, run: 'maxPool' | 'averagePool'): NativeKernel {
  return {
    name,
    run: (call) => {
      const x = call.input('x');
      const window = poolingWindow(call, x.shape);
      if (isIdentity(window, x.shape)) return call.share('x', x.shape);
      call.binding[run](call.id('x'), window);
      return call.result();
    },
    accepts: hasFloats,
    limit: 'float32',
  };
}

function poolingGradient(
  name: string,
  run: 'maxPoolGradient' | 'averagePoolGradient',
): NativeKernel {
  return {
    name,
    run: (call) => {
      const window = poolingWindow(call, call.input('input').shape);
      const [dy, input] = [call.id('dy'), call.id('input')];
      // tfjs-core's tests want the gradient for explicit padding to count the padding, although the
      // average itself does not.
      if (run === 'averagePoolGradient') {
        call.binding.averagePoolGradient(dy, input, window, Array.isArray(call.attribute('pad')));
      } else {
        call.binding.maxPoolGradient(dy, input, window);
      }
      return call.result();
    },
    accepts: hasFloats,
    limit: 'float32',
  };
}

/** Windows of one value that give as many as they take; the strides are then not looked at. */
function isIdentity(window: Ids, shape: readonly number[]): boolean {
  const axes = shape.slice(1, -1);
  return axes.every((size, axis) => window[1 + 6 * axis] === 1 && window[6 + 6 * axis] === size);
}

/** libtorch pools no integers. */
function hasFloats(call: KernelCall): boolean {
  return call.all().every(({ dtype }) => dtype === 'float32');
}

function resize(call: KernelCall, isBilinear: boolean): TensorInfo {
  const [height = 0, width = 0] = call.numbers('size');
  call.binding.resize(call.id('images'), height, width, ...samplingOf(call, isBilinear));
  return call.result();
}

function resizeGradient(call: KernelCall, isBilinear: boolean): TensorInfo {
  const [, height = 0, width = 0] = call.input('images').shape;
  call.binding.resizeGradient(call.id('dy'), height, width, ...samplingOf(call, isBilinear));
  return call.result();
}

function samplingOf(call: KernelCall, isBilinear: boolean): Sampling {
  return [isBilinear, call.flag('alignCorners'), call.flag('halfPixelCenters')];
}
