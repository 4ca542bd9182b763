/** Sums, means, extremes, softmax. */
import * as tf from '@tensorflow/tfjs-core';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Binding } from '../binding.js';
import type { KernelCall, NativeKernel } from './kernel.js';

export function reductionKernels(binding: Binding): NativeKernel[] {
  const reductions = binding.reductionNames().map((name, op): NativeKernel => ({
    name,
    run: (call) => {
      const { shape } = call.input('x');
      const axes = axesOf(call, name === tf.Max ? 'reductionIndices' : 'axis', shape);
      axes.sort((a, b) => a - b);
      call.binding.reduce(op, call.id('x'), axes, call.flag('keepDims'));
      return call.result();
    },
  }));
  return [
    ...reductions,
    {
      name: tf.ArgMax,
      run: (call) => {
        const [axis = 0] = axesOf(call, 'axis', call.input('x').shape);
        call.binding.argMax(call.id('x'), axis);
        return call.result();
      },
    },
    {
      name: tf.ArgMin,
      run: (call) => {
        const [axis = 0] = axesOf(call, 'axis', call.input('x').shape);
        call.binding.argMin(call.id('x'), axis);
        return call.result();
      },
    },
    { name: tf.Cumsum, run: (call) => cumulate(call, false) },
    { name: tf.Cumprod, run: (call) => cumulate(call, true) },
    {
      name: tf.Softmax,
      run: (call) => {
        call.binding.softmax(call.id('logits'));
        return call.result();
      },
    },
    {
      name: tf.LogSoftmax,
      run: (call) => {
        call.binding.logSoftmax(call.id('logits'));
        return call.result();
      },
    },
  ];
}

function cumulate(call: KernelCall, isProduct: boolean): TensorInfo {
  const [axis = 0] = axesOf(call, 'axis', call.input('x').shape);
  const [isExclusive, isReverse] = [call.flag('exclusive'), call.flag('reverse')];
  call.binding.cumulate(call.id('x'), axis, isProduct, isExclusive, isReverse);
  return call.result();
}

/** Not negative; without the attribute all axes. */
function axesOf(call: KernelCall, name: string, shape: number[]): number[] {
  const value = call.attribute(name);
  return util.parseAxisParam(
    value === undefined || value === null ? shape.map((_, axis) => axis) : call.numbers(name),
    shape,
  );
}
