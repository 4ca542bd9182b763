/** Repeats, reorders and drops the rows of tensors without knowing what they hold. */
import { clone, gather, reshape, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import type { ImageTensors, RowTensors } from './captioner.js';

/** Each of `rows` rows `times` times, side by side: the images of a batch for their hypotheses. */
export function repeatRows(tensors: RowTensors, rows: number, times: number): RowTensors {
  if (times === 1) return ownRows(tensors);
  const indices = Int32Array.from({ length: rows * times }, (_, row) => Math.floor(row / times));
  return takeRows(tensors, rows, indices);
}

/**
 * Row `i` becomes what row `indices[i]` was: the state that each hypothesis continues. `rows`: how
 * many the tensors have now.
 */
export function takeRows(tensors: RowTensors, rows: number, indices: Int32Array): RowTensors {
  const order = tensor1d(indices, 'int32');
  return mapTensors(tensors, (x) => gathered(x, rows, order));
}

/** From what each image has to what each row has; null stays null. */
export type ByRow = <T extends Tensor | null>(x: T) => T | Tensor;

/**
 * Repeats tensors that have a row (or several side by side) for each image, for the captions of a pass
 * along given ones: as they are where each caption has an image of its own, and one that is asked for
 * twice is repeated once.
 */
export function rowsOf({ features, imageOfRow = null }: ImageTensors): ByRow {
  const repeated = new Map<Tensor, Tensor>();
  return (x) => {
    if (x === null || imageOfRow === null) return x;
    const rows = repeated.get(x) ?? gathered(x, features.shape[0] ?? 0, imageOfRow);
    repeated.set(x, rows);
    return rows;
  };
}

/** The same numbers in tensors of their own: a family may hand on a tensor that another owns. */
export function ownRows(tensors: RowTensors): RowTensors {
  return mapTensors(tensors, (x) => clone(x));
}

/** [rows * n, ...] to [order * n, ...]; `order`: int32. */
function gathered(x: Tensor, rows: number, order: Tensor): Tensor {
  const [length = 0, ...rest] = x.shape;
  if (length === rows) return gather(x, order);
  const blocks = reshape(x, [rows, x.size / rows]);
  return reshape(gather(blocks, order), [(length / rows) * order.size, ...rest]);
}

function mapTensors(tensors: RowTensors, change: (x: Tensor) => Tensor): RowTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, x]) => [name, x === null ? null : change(x)]),
  );
}
