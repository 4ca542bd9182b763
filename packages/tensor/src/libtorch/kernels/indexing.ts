/** Kernels that look values up by index, or add them by index. */
import * as tf from '@tensorflow/tfjs-core';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { codeOf } from '../dtypes.js';
import { hasNativeInputs, type KernelCall, type NativeKernel } from './kernel.js';

export const indexingKernels: readonly NativeKernel[] = [
  {
    name: tf.GatherV2,
    run: gather,
    accepts: (call) => hasNativeInputs(call) && batchDims(call) === 0,
  },
  {
    name: tf.OneHot,
    run: (call) => {
      const { depth, on, off } = {
        depth: call.number('depth'),
        on: call.number('onValue'),
        off: call.number('offValue'),
      };
      const dtype = call.text('dtype');
      const code = codeOf(dtype === 'float32' || dtype === 'bool' ? dtype : 'int32');
      call.binding.oneHot(call.id('indices'), depth, on, off, code);
      return call.result();
    },
  },
  {
    name: tf.UnsortedSegmentSum,
    run: (call) => {
      call.binding.segmentSum(call.id('x'), call.id('segmentIds'), call.number('numSegments'));
      return call.result();
    },
    accepts: (call) => hasNativeInputs(call) && call.input('segmentIds').shape.length === 1,
  },
  {
    name: tf.TopK,
    run: (call) => {
      call.binding.topK(call.id('x'), call.number('k'));
      return call.results(2);
    },
  },
  {
    name: tf.Select,
    run: select,
  },
];

function batchDims(call: KernelCall): number {
  return call.attribute('batchDims') === undefined ? 0 : call.number('batchDims');
}

function gather(call: KernelCall): TensorInfo {
  const [axis = 0] = util.parseAxisParam(call.number('axis'), call.input('x').shape);
  call.binding.gather(call.id('x'), call.id('indices'), axis);
  return call.result();
}

/** A condition of rank 1 chooses whole rows. */
function select(call: KernelCall): TensorInfo {
  const condition = call.input('condition');
  const { shape } = call.input('t');
  const isByRow = condition.shape.length === 1 && shape.length > 1;
  const spread = isByRow
    ? { ...condition, shape: [condition.shape[0] ?? 0, ...shape.slice(1).map(() => 1)] }
    : condition;
  call.binding.select(call.backend.id(spread), call.id('t'), call.id('e'));
  return call.result();
}
