/** Repeats and reorders the rows of tensors without knowing what they hold. */
import { gather, reshape, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import type { RowTensors } from './captioner.js';

/** Each of `rows` rows `times` times, side by side: the images of a batch for their hypotheses. */
export function repeatRows<T extends RowTensors>(
  tensors: T,
  rows: number,
  times: number,
): RowTensors {
  if (times === 1) return tensors;
  const indices = Int32Array.from({ length: rows * times }, (_, row) => Math.floor(row / times));
  return gatherRows(tensors, rows, indices);
}

/** Row `i` becomes what row `indices[i]` was: the state that each hypothesis continues. */
export function reorderRows(tensors: RowTensors, indices: Int32Array): RowTensors {
  return gatherRows(tensors, indices.length, indices);
}

/** `rows`: how many the tensors have now. */
function gatherRows(tensors: RowTensors, rows: number, indices: Int32Array): RowTensors {
  const order = tensor1d(indices, 'int32');
  return Object.fromEntries(
    Object.entries(tensors).map(([name, x]) => [name, x === null ? null : gathered(x)]),
  );

  /** [rows * n, ...] -> [indices * n, ...] */
  function gathered(x: Tensor): Tensor {
    const [length = 0, ...rest] = x.shape;
    if (length === rows) return gather(x, order);
    const blocks = reshape(x, [rows, x.size / rows]);
    return reshape(gather(blocks, order), [(length / rows) * indices.length, ...rest]);
  }
}
