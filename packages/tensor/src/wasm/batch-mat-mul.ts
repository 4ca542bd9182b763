/**
 * Matrix product that transposes explicitly. The backend's own kernel takes XNNPACK only when
 * neither transpose flag is set and there is one matrix; every gradient of a product sets one.
 */
import {
  BatchMatMul,
  util,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { allocate, floatView, inputOf, viewAs, wasmBackend } from './heap.js';
import { transposeInto } from './transpose-matrix.js';

/** `original` and `multiply` are the backend's own BatchMatMul and Multiply. */
export function batchMatMul(original: KernelFunc, multiply: KernelFunc): KernelConfig {
  return {
    kernelName: BatchMatMul,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }): TensorInfo | TensorInfo[] => {
      const wasm = wasmBackend(BatchMatMul, backend);
      const a = inputOf(BatchMatMul, inputs, 'a'); // [batch..., m, k]
      const b = inputOf(BatchMatMul, inputs, 'b'); // [batch..., k, n]
      const left = straighten(wasm, a, attrs?.['transposeA'] === true);
      const right = straighten(wasm, b, attrs?.['transposeB'] === true);
      const isOuterProduct = left.info.shape.at(-1) === 1;
      // k = 1: the broadcast product of a column and a row; the matrix kernel is 5 times slower.
      const out = isOuterProduct
        ? multiply({ inputs: { a: left.info, b: right.info }, backend })
        : original({
            inputs: { a: left.info, b: right.info },
            backend,
            attrs: { transposeA: false, transposeB: false },
          });
      if (left.isCopy) wasm.disposeData(left.info.dataId);
      if (right.isCopy) wasm.disposeData(right.info.dataId);
      return out;
    },
  };
}

interface Straight {
  readonly info: TensorInfo;
  /** The caller owns and must free the data. */
  readonly isCopy: boolean;
}

function straighten(backend: BackendWasm, info: TensorInfo, isTransposed: boolean): Straight {
  if (!isTransposed) return { info, isCopy: false };
  const rows = info.shape.at(-2) ?? 1;
  const columns = info.shape.at(-1) ?? 1;
  const batch = info.shape.slice(0, -2);
  const shape = [...batch, columns, rows];
  // A vector has the same bytes lying and standing.
  if (rows === 1 || columns === 1) return { info: viewAs(info, shape), isCopy: false };
  const out = allocate(backend, shape);
  const from = floatView(BatchMatMul, backend, info);
  const to = floatView(BatchMatMul, backend, out);
  const matrices = util.sizeFromShape(batch);
  for (let i = 0; i < matrices; i += 1) transposeInto(from, to, i * rows * columns, rows, columns);
  return { info: out, isCopy: true };
}
