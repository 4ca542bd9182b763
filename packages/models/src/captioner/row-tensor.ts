import type { Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';
import type { RowTensors } from './captioner.js';

/** What a decoder has put among its images or its state under this name. */
export function rowTensor(tensors: RowTensors, name: string): Tensor {
  const tensor = tensors[name] ?? null;
  if (tensor === null) throw new ModelInputError(`A step of the decoder needs "${name}".`);
  return tensor;
}
