/** Lookup of whole rows (axis 0), the embedding's way forward, by plain memory copies. */
import {
  GatherV2,
  util,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { KernelInputError } from '../errors.js';
import { allocate, floatView, inputOf, intView, numberAttribute, wasmBackend } from './heap.js';

/** Wraps the backend's own kernel, which keeps all cases but rows of float32. */
export function gatherRows(original: KernelFunc): KernelConfig {
  return {
    kernelName: GatherV2,
    backendName: 'wasm',
    kernelFunc: (call): TensorInfo | TensorInfo[] => {
      const { inputs, attrs, backend } = call;
      const x = inputOf(GatherV2, inputs, 'x'); // [rows, width...]
      const indices = inputOf(GatherV2, inputs, 'indices');
      const isPlain =
        numberAttribute(GatherV2, attrs, 'axis') === 0 &&
        numberAttribute(GatherV2, attrs, 'batchDims') === 0 &&
        x.dtype === 'float32' &&
        indices.dtype === 'int32';
      if (!isPlain) return original(call);

      const wasm = wasmBackend(GatherV2, backend);
      const rowShape = x.shape.slice(1);
      const rows = x.shape[0] ?? 0;
      const width = util.sizeFromShape(rowShape);
      const out = allocate(wasm, [...indices.shape, ...rowShape]);
      const ids = intView(GatherV2, wasm, indices);
      const from = floatView(GatherV2, wasm, x);
      const to = floatView(GatherV2, wasm, out);
      for (const [position, id] of ids.entries()) {
        if (id < 0 || id >= rows) {
          wasm.disposeData(out.dataId);
          throw new KernelInputError(GatherV2, `index ${id} is outside the ${rows} rows`);
        }
        to.set(from.subarray(id * width, (id + 1) * width), position * width);
      }
      return out;
    },
  };
}
