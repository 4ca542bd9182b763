/** Kernels that look values up by index, or add and put them by index. */
import * as tf from '@tensorflow/tfjs-core';
import { backend_util, gather_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { codeOf } from '../dtypes.js';
import { hasNativeInputs, type KernelCall, type NativeKernel } from './kernel.js';

export const indexingKernels: readonly NativeKernel[] = [
  { name: tf.GatherV2, run: gather },
  {
    name: tf.GatherNd,
    run: (call) => {
      const [params, indices] = [call.input('params'), call.input('indices')];
      const [shape] = gather_util.prepareAndValidate(params, indices);
      const flat = call.backend.id(addresses(indices));
      call.binding.gatherNd(call.id('params'), flat, shape, call.backend.checksIndices);
      return call.result();
    },
  },
  {
    name: tf.ScatterNd,
    run: (call) => {
      const indices = call.input('indices');
      const shape = call.numbers('shape');
      const flat = call.backend.id(addresses(asColumn(indices)));
      call.binding.scatterNd(flat, call.id('updates'), shape, call.backend.checksIndices);
      return call.result();
    },
  },
  {
    name: tf.TensorScatterUpdate,
    run: (call) => {
      const indices = call.input('indices');
      const flat = call.backend.id(addresses(asColumn(indices)));
      const { checksIndices } = call.backend;
      call.binding.scatterUpdate(call.id('tensor'), flat, call.id('updates'), checksIndices);
      return call.result();
    },
  },
  {
    name: tf.OneHot,
    run: (call) => {
      const [depth, on, off] = ['depth', 'onValue', 'offValue'].map((name) => call.number(name));
      const dtype = call.text('dtype');
      const code = codeOf(dtype === 'float32' || dtype === 'bool' ? dtype : 'int32');
      call.binding.oneHot(call.id('indices'), depth ?? 0, on ?? 1, off ?? 0, code);
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
    limit: 'ids of rank 1',
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

function gather(call: KernelCall): TensorInfo {
  const [x, indices] = [call.input('x'), call.input('indices')];
  const [axis = 0] = util.parseAxisParam(call.number('axis'), x.shape);
  const given = call.attribute('batchDims') === undefined ? 0 : call.number('batchDims');
  const batchAxes = given < 0 ? given + indices.shape.length : given;
  // Refuses shapes that do not go together.
  backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchAxes);
  const { checksIndices } = call.backend;
  call.binding.gather(call.id('x'), call.id('indices'), axis, batchAxes, checksIndices);
  return call.result();
}

/** Indices as a matrix: one address in each row. */
function addresses(indices: TensorInfo): TensorInfo {
  const depth = indices.shape.at(-1) ?? 1;
  const rows = util.sizeFromShape(indices.shape.slice(0, -1));
  return { ...indices, shape: [rows, depth] };
}

/** For scatters a vector of indices is addresses of one index each, for GatherNd it is one address. */
function asColumn(indices: TensorInfo): TensorInfo {
  return indices.shape.length < 2 ? { ...indices, shape: [...indices.shape, 1] } : indices;
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
