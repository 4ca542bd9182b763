/** Matrix products. */
import * as tf from '@tensorflow/tfjs-core';
import type { NativeKernel } from './kernel.js';

export const matrixKernels: readonly NativeKernel[] = [
  {
    name: tf.BatchMatMul,
    run: (call) => {
      const { transposeA, transposeB } = {
        transposeA: call.flag('transposeA'),
        transposeB: call.flag('transposeB'),
      };
      call.binding.matMul(call.id('a'), call.id('b'), transposeA, transposeB);
      return call.result();
    },
  },
];
