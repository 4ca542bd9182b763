/** Complex numbers are pairs of native tensors; arithmetic on them is left to tfjs-backend-cpu. */
import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall, NativeKernel } from './kernel.js';

export const complexKernels: readonly NativeKernel[] = [
  {
    name: tf.Complex,
    run: (call) =>
      call.backend.joinComplex(share(call, call.input('real')), share(call, call.input('imag'))),
    accepts: () => true,
  },
  {
    name: tf.Real,
    run: (call) => share(call, call.backend.complexParts(call.input('input')).real),
    accepts: (call) => call.input('input').dtype === 'complex64',
  },
  {
    name: tf.Imag,
    run: (call) => share(call, call.backend.complexParts(call.input('input')).imag),
    accepts: (call) => call.input('input').dtype === 'complex64',
  },
];

/**
 * Another tensor over the same memory. With a DataId of its own: tfjs-core counts the DataIds that it
 * has seen, and would never hear of the end of one that a complex tensor outlives or owns.
 */
function share(call: KernelCall, info: TensorInfo): TensorInfo {
  call.binding.reshape(call.backend.id(info), info.shape);
  return call.result();
}
