/** The check at the entry of each operation: dtype, rank and sizes, with expected and actual. */
import { Tensor, type DataType } from '@tensorflow/tfjs-core';
import { OpInputError } from './errors.js';

/** A size that must match, or the name of an axis of any size. */
export type Axis = number | string;

/** Fails with `OpInputError` unless `tensor` has this dtype and shape. Returns its sizes. */
export function expectTensor(
  op: string,
  name: string,
  tensor: Tensor,
  dtype: DataType,
  axes: readonly Axis[],
): readonly number[] {
  const isFine =
    tensor instanceof Tensor &&
    tensor.dtype === dtype &&
    tensor.shape.length === axes.length &&
    axes.every((axis, i) => typeof axis === 'string' || axis === tensor.shape[i]);
  if (isFine) return tensor.shape;
  const actual =
    tensor instanceof Tensor
      ? `${tensor.dtype} [${tensor.shape.join(', ')}]`
      : `${String(tensor)}, which is no tensor`;
  throw new OpInputError(op, `${name} should be ${dtype} [${axes.join(', ')}], got ${actual}.`);
}

/** A size that must be a multiple of `parts`; returns the size of one part. */
export function expectParts(op: string, name: string, size: number, parts: number): number {
  if (Number.isInteger(parts) && parts > 0 && size % parts === 0) return size / parts;
  throw new OpInputError(op, `${name} (${size}) should be a multiple of ${parts}.`);
}

/** A setting that must be a number above 0. */
export function expectPositive(op: string, name: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new OpInputError(op, `${name} should be a number above 0, got ${value}.`);
}
