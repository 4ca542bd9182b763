/** Frees what a computation made, except what it returns; for results that are not plain tensors. */
import { Tensor, Variable, keep, tidy } from '@tensorflow/tfjs-core';
import { ModelInputError } from './errors.js';

/** Like `tidy`, for any object; the caller ends the result's life with `release`. */
export function keeping<T extends object>(make: () => T): T {
  const results: T[] = [];
  tidy(() => {
    const made = make();
    for (const tensor of tensorsIn(made)) keep(tensor);
    results.push(made);
  });
  const [result] = results;
  if (result === undefined) throw new ModelInputError('The computation returned nothing.');
  return result;
}

/** Disposes the tensors inside `made`; variables stay, they have another owner. */
export function release(made: object): void {
  for (const tensor of tensorsIn(made)) tensor.dispose();
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Variable) return [];
  if (value instanceof Tensor) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return (value instanceof Map ? [...value.values()] : Object.values(value)).flatMap(tensorsIn);
}
