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
      const a = inputOf(BatchMatMul, inputs, 'a'); // [batch..., m, k], or [..., k, m] transposed
      const b = inputOf(BatchMatMul, inputs, 'b'); // [batch..., k, n], or [..., n, k] transposed
      const isATransposed = attrs?.['transposeA'] === true;
      const isBTransposed = attrs?.['transposeB'] === true;
      const columns = b.shape.at(isBTransposed ? -2 : -1) ?? 1; // n
      const rows = a.shape.at(isATransposed ? -1 : -2) ?? 1; // m

      // a^T x = (x^T a)^T for a column x, and x b^T = (b x^T)^T for a row x: only vectors turn.
      const isSwapped =
        a.shape.length === b.shape.length &&
        ((isATransposed && columns === 1) || (isBTransposed && rows === 1));
      const left = isSwapped
        ? straighten(wasm, b, !isBTransposed)
        : straighten(wasm, a, isATransposed);
      const right = isSwapped
        ? straighten(wasm, a, !isATransposed)
        : straighten(wasm, b, isBTransposed);

      const product = multiplyStraight(left.info, right.info, wasm);
      if (left.isCopy) wasm.disposeData(left.info.dataId);
      if (right.isCopy) wasm.disposeData(right.info.dataId);
      if (isSwapped && !Array.isArray(product)) {
        product.shape = [...product.shape.slice(0, -2), rows, columns];
      }
      return product;
    },
  };

  function multiplyStraight(
    left: TensorInfo,
    right: TensorInfo,
    backend: BackendWasm,
  ): TensorInfo | TensorInfo[] {
    if (left.shape.length === 2 && left.shape[0] === 1) {
      return multiplyRow(left, right, backend);
    }
    // k = 1: the broadcast product of a column and a row; the matrix kernel is 5 times slower.
    return left.shape.at(-1) === 1
      ? multiply({ inputs: { a: left, b: right }, backend })
      : original({
          inputs: { a: left, b: right },
          backend,
          attrs: { transposeA: false, transposeB: false },
        });
  }
}

/** [1, k] x [k, n]: XNNPACK would first repack the whole matrix, which costs more than the product. */
function multiplyRow(left: TensorInfo, right: TensorInfo, backend: BackendWasm): TensorInfo {
  const [inner = 0, columns = 0] = right.shape;
  const out = allocate(backend, [1, columns]);
  const row = floatView(BatchMatMul, backend, left);
  const matrix = floatView(BatchMatMul, backend, right);
  const sums = floatView(BatchMatMul, backend, out);
  sums.fill(0);
  for (let k = 0; k < inner; k += 1) {
    const factor = row[k] ?? 0;
    const start = k * columns;
    for (let j = 0; j < columns; j += 1) {
      sums[j] = (sums[j] ?? 0) + factor * (matrix[start + j] ?? 0);
    }
  }
  return out;
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
