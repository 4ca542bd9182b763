/** Narrows the matrices an attention kind made for itself. */
import { ModelInputError } from '../errors.js';

export function required<T>(value: T | null): T {
  if (value === null) throw new ModelInputError('These matrices belong to another attention kind.');
  return value;
}
