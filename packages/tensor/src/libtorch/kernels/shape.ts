/** Kernels that move values without changing them. */
import * as tf from '@tensorflow/tfjs-core';
import { backend_util, slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { codeOf, isNativeDtype } from '../dtypes.js';
import { KernelInputError } from '../../errors.js';
import type { KernelCall, NativeKernel } from './kernel.js';

export const shapeKernels: readonly NativeKernel[] = [
  { name: tf.Identity, run: (call) => share(call, 'x', call.input('x').shape), accepts: always },
  { name: tf.Reshape, run: reshape, accepts: always },
  { name: tf.ExpandDims, run: expandDims, accepts: always },
  {
    name: tf.Concat,
    run: (call) => {
      const shapes = call.all().map(({ shape }) => shape);
      const [axis = 0] = util.parseAxisParam(call.number('axis'), shapes[0] ?? []);
      backend_util.assertParamsConsistent(shapes, axis);
      call.binding.concat(call.ids(), axis);
      return call.result();
    },
  },
  {
    name: tf.Pack,
    run: (call) => {
      call.binding.stack(call.ids(), call.number('axis'));
      return call.result();
    },
  },
  {
    name: tf.Slice,
    run: (call) => {
      const x = call.input('x');
      const [begin = [], size = []] = slice_util.parseSliceParams(
        x,
        call.numbers('begin'),
        call.numbers('size'),
      );
      slice_util.assertParamsValid(x, begin, size);
      call.binding.slice(call.id('x'), begin, size);
      return call.result();
    },
  },
  {
    name: tf.SplitV,
    run: (call) => {
      const x = call.input('x');
      const [axis = 0] = util.parseAxisParam(call.number('axis'), x.shape);
      const sizes = backend_util.prepareSplitSize(x, splits(call), axis);
      call.binding.split(call.id('x'), sizes, axis);
      return call.results(sizes.length);
    },
  },
  {
    name: tf.Unpack,
    run: (call) => {
      const { shape } = call.input('value');
      const [axis = 0] = util.parseAxisParam(call.number('axis'), shape);
      call.binding.unstack(call.id('value'), axis);
      return call.results(shape[axis] ?? 0);
    },
  },
  {
    name: tf.Transpose,
    run: (call) => {
      call.binding.transpose(call.id('x'), call.numbers('perm'));
      return call.result();
    },
  },
  {
    name: tf.PadV2,
    run: (call) => {
      call.binding.pad(call.id('x'), call.numbers('paddings'), call.number('constantValue'));
      return call.result();
    },
  },
  {
    name: tf.Tile,
    run: (call) => {
      call.binding.tile(call.id('x'), call.numbers('reps'));
      return call.result();
    },
  },
  {
    name: tf.Reverse,
    run: (call) => {
      const axes = util.parseAxisParam(call.numbers('dims'), call.input('x').shape);
      call.binding.reverse(call.id('x'), axes);
      return call.result();
    },
  },
  {
    name: tf.BroadcastTo,
    run: (call) => {
      call.binding.broadcastTo(call.id('x'), call.numbers('shape'));
      return call.result();
    },
  },
  {
    name: tf.Fill,
    run: (call) => {
      const dtype = call.attribute('dtype');
      const code = codeOf(isNativeDtype(dtype) ? dtype : 'float32');
      call.binding.fill(call.numbers('shape'), Number(call.attribute('value')), code);
      return call.result();
    },
    accepts: (call) => typeof call.attribute('value') !== 'string',
  },
  { name: tf.ZerosLike, run: (call) => likeInput(call, 0) },
  { name: tf.OnesLike, run: (call) => likeInput(call, 1) },
];

function always(): boolean {
  return true;
}

/** The same values under a shape of the same size; no copy. */
function share(call: KernelCall, name: string, shape: number[]): TensorInfo {
  const { dataId, dtype } = call.input(name);
  call.backend.incRef(dataId);
  return { dataId, shape, dtype };
}

function reshape(call: KernelCall): TensorInfo {
  const { shape } = call.input('x');
  const size = util.sizeFromShape(shape);
  const wanted = util.inferFromImplicitShape(call.numbers('shape'), size);
  if (util.sizeFromShape(wanted) !== size) {
    throw new KernelInputError(
      tf.Reshape,
      `[${shape.join(', ')}] has ${size} values, the new shape [${wanted.join(', ')}] has ${util.sizeFromShape(wanted)}`,
    );
  }
  return share(call, 'x', wanted);
}

function expandDims(call: KernelCall): TensorInfo {
  const shape = [...call.input('input').shape];
  const dim = call.number('dim');
  shape.splice(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
  return share(call, 'input', shape);
}

function splits(call: KernelCall): number | number[] {
  const value = call.attribute('numOrSizeSplits');
  return typeof value === 'number' ? value : call.numbers('numOrSizeSplits');
}

function likeInput(call: KernelCall, value: number): TensorInfo {
  const { shape, dtype } = call.input('x');
  call.binding.fill(shape, value, codeOf(dtype));
  return call.result();
}
