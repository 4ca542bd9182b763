/** Narrows a state to one with a cell. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import type { CellState } from './recurrent-layer.js';

export function cellOf({ c }: CellState): Tensor {
  if (c === null) throw new ModelInputError('The state of an LSTM has no cell.');
  return c;
}
