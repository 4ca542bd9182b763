/** Kernels that move values without changing them. */
import * as tf from '@tensorflow/tfjs-core';
import { backend_util, slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { codeOf, isNativeDtype } from '../dtypes.js';
import { KernelInputError } from '../../errors.js';
import type { KernelCall, NativeKernel } from './kernel.js';

export const shapeKernels: readonly NativeKernel[] = [
  { name: tf.Identity, run: (call) => call.share('x', call.input('x').shape), accepts: always },
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
      const [first, ...others] = call.all();
      for (const { shape, dtype } of others) {
        util.assertShapesMatch(
          first?.shape ?? [],
          shape,
          'All tensors passed to stack must match: ',
        );
        util.assert(dtype === first?.dtype, () => `stack of ${first?.dtype} and ${dtype}`);
      }
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
        call.attribute('size') === undefined ? undefined : call.numbers('size'),
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
      const id = call.id('x');
      let from = 0;
      return call.manyResults(sizes.length, x.shape.length, (begin, end) => {
        const some = sizes.slice(begin, end);
        call.binding.split(id, axis, from, some);
        from += some.reduce((sum, size) => sum + size, 0);
      });
    },
  },
  {
    name: tf.Unpack,
    run: (call) => {
      const { shape } = call.input('value');
      const [axis = 0] = util.parseAxisParam(call.number('axis'), shape);
      const id = call.id('value');
      return call.manyResults(shape[axis] ?? 0, shape.length - 1, (begin, end) =>
        call.binding.unstack(id, axis, begin, end - begin),
      );
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
      const { shape } = call.input('x');
      const given = call.attribute('dims') ?? null;
      const all = shape.map((_, axis) => axis);
      const axes = util.parseAxisParam(given === null ? all : call.numbers('dims'), shape);
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
  { name: tf.StridedSlice, run: stridedSlice },
  {
    name: tf.MirrorPad,
    run: (call) => {
      const isSymmetric = call.text('mode') === 'symmetric';
      call.binding.mirrorPad(call.id('x'), call.numbers('paddings'), isSymmetric);
      return call.result();
    },
  },
  { name: tf.Range, run: range },
  {
    name: tf.LinSpace,
    run: (call) => {
      const [start, num] = [call.number('start'), call.number('num')];
      const step = num > 1 ? (call.number('stop') - start) / (num - 1) : 0;
      call.binding.sequence(start, step, num, codeOf('float32'));
      return call.result();
    },
  },
  { name: tf.ZerosLike, run: (call) => likeInput(call, 0) },
  { name: tf.OnesLike, run: (call) => likeInput(call, 1) },
];

function always(): boolean {
  return true;
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
  return call.share('x', wanted);
}

function expandDims(call: KernelCall): TensorInfo {
  const shape = [...call.input('input').shape];
  const dim = call.number('dim');
  if (dim < -(shape.length + 1) || dim > shape.length) {
    throw new KernelInputError(
      tf.ExpandDims,
      `the axis should be from ${-(shape.length + 1)} to ${shape.length}, it is ${dim}`,
    );
  }
  shape.splice(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
  return call.share('input', shape);
}

function stridedSlice(call: KernelCall): TensorInfo {
  const slice = slice_util.sliceInfo(
    call.input('x').shape,
    call.numbers('begin'),
    call.numbers('end'),
    call.numbers('strides'),
    call.number('beginMask'),
    call.number('endMask'),
    call.number('ellipsisMask'),
    call.number('newAxisMask'),
    call.number('shrinkAxisMask'),
  );
  const { begin, end, strides, finalShape } = slice;
  const sizes = slice_util.computeOutShape(begin, end, strides);
  call.binding.stridedSlice(call.id('x'), begin, sizes, strides, finalShape);
  return call.result();
}

/** Without a step it counts towards `stop`; a step away from it gives no values. */
function range(call: KernelCall): TensorInfo {
  const [start, stop, given] = [call.number('start'), call.number('stop'), call.number('step')];
  const step = stop < start && given === 1 ? -1 : given;
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const dtype = call.attribute('dtype');
  call.binding.sequence(start, step, count, codeOf(isNativeDtype(dtype) ? dtype : 'float32'));
  return call.result();
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
