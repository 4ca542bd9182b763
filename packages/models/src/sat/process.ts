/** What happens between the parts of a transformer block, as sockeye writes it: letters in order. */
import { add, type Tensor } from '@tensorflow/tfjs-core';
import { dropped } from '../captioner/noise.js';
import { ModelInputError } from '../errors.js';
import { Norm } from '../layer-norm.js';
import type { Weights } from '../parameters.js';

/** Dropout masks by name, null where nothing is dropped. */
export type Masks = (name: string) => Tensor | null;

/**
 * `n` layer norm (Ba, Kiros & Hinton 2016), `r` adds `previous`, `d` dropout. All [rows, hidden].
 *
 * @param name of the place: before `.gamma` and `.beta` of its norm, and of its mask
 * @param previous what the part before began with; null before a part, where there is no residual
 */
export function applySequence(
  sequence: string,
  x: Tensor,
  previous: Tensor | null,
  name: string,
  weights: Weights,
  masks: Masks,
): Tensor {
  return Array.from(sequence).reduce((y, letter) => {
    switch (letter) {
      case 'n':
        return new Norm(weights, name).apply(y);
      case 'r':
        if (previous === null) break;
        return add(y, previous);
      case 'd':
        return dropped(y, masks(name));
    }
    throw new ModelInputError(`"${sequence}" has no meaning at ${name}.`);
  }, x);
}
