/** Kernels that move values between the axes of space and the batch or the channels. */
import * as tf from '@tensorflow/tfjs-core';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../../errors.js';
import type { KernelCall, NativeKernel } from './kernel.js';

export const spaceKernels: readonly NativeKernel[] = [
  { name: tf.SpaceToBatchND, run: spaceToBatch },
  { name: tf.BatchToSpaceND, run: batchToSpace },
  { name: tf.DepthToSpace, run: depthToSpace },
  {
    name: tf.FlipLeftRight,
    run: (call) => {
      call.binding.reverse(call.id('image'), [2]);
      return call.result();
    },
  },
];

function spaceToBatch(call: KernelCall): TensorInfo {
  const { shape } = call.input('x');
  const blocks = call.numbers('blockShape');
  const paddings = call.numbers('paddings');
  const size = product(blocks);
  const all = shape.flatMap((_, axis) => {
    const at = 2 * (axis - 1);
    return axis === 0 ? [0, 0] : [paddings[at] ?? 0, paddings[at + 1] ?? 0];
  });
  const padded = shape.map(
    (length, axis) => length + (all[2 * axis] ?? 0) + (all[2 * axis + 1] ?? 0),
  );
  const split = backend_util.getReshaped(padded, blocks, size, false);
  const order = backend_util.getPermuted(split.length, blocks.length, false);
  const result = backend_util.getReshapedPermuted(padded, blocks, size, false);
  call.binding.pad(call.id('x'), all, 0);
  call.between((id) => call.binding.rearrange(id, split, order, result));
  return call.result();
}

function batchToSpace(call: KernelCall): TensorInfo {
  const { shape } = call.input('x');
  const blocks = call.numbers('blockShape');
  const flat = call.numbers('crops');
  const crops = blocks.map((_, axis) => [flat[2 * axis] ?? 0, flat[2 * axis + 1] ?? 0]);
  const size = product(blocks);
  const split = backend_util.getReshaped(shape, blocks, size);
  const order = backend_util.getPermuted(split.length, blocks.length);
  const whole = backend_util.getReshapedPermuted(shape, blocks, size);
  const begin = whole.map((_, axis) => crops[axis - 1]?.[0] ?? 0);
  const sizes = whole.map(
    (length, axis) => length - (begin[axis] ?? 0) - (crops[axis - 1]?.[1] ?? 0),
  );
  call.binding.rearrange(call.id('x'), split, order, whole);
  call.between((id) => call.binding.slice(id, begin, sizes));
  return call.result();
}

function depthToSpace(call: KernelCall): TensorInfo {
  const [batch = 0, height = 0, width = 0, depth = 0] = call.input('x').shape;
  const block = call.number('blockSize');
  if (call.attribute('dataFormat') !== 'NHWC') {
    throw new KernelInputError(tf.DepthToSpace, 'only the data format NHWC is there');
  }
  const channels = depth / block ** 2;
  call.binding.rearrange(
    call.id('x'),
    [batch, height, width, block, block, channels],
    [0, 1, 3, 2, 4, 5],
    [batch, height * block, width * block, channels],
  );
  return call.result();
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
