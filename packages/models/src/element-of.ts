import { ModelInputError } from './errors.js';

/**
 * The element at `index` of what has one there for certain. Any default would turn an index that is wrong
 * into a number that is wrong.
 */
export function elementOf<T>(elements: ArrayLike<T>, index: number): T {
  const element = elements[index];
  if (element === undefined) {
    throw new ModelInputError(`There is no element ${index} among ${elements.length}.`);
  }
  return element;
}
