/** What a fused matrix product or convolution ends with. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../../errors.js';
import type { Ending } from '../binding.js';
import type { KernelCall } from './kernel.js';

/** In the order of the numbers in native/src/activation.h. */
const ACTIVATIONS = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'];

/** No bias, no activation. */
export const NO_ENDING: Ending = [null, 0, null, 0];

/**
 * Reads bias, activation and weights of prelu of a call.
 * @param spread gives a bias or weights of one value per channel the rank they broadcast with
 */
export function endingOf(
  call: KernelCall,
  spread: (info: TensorInfo) => TensorInfo = (info) => info,
): Ending {
  const isGiven = typeof call.attribute('activation') === 'string';
  const name = isGiven ? call.text('activation') : 'linear';
  const activation = ACTIVATIONS.indexOf(name);
  if (activation < 0) {
    throw new KernelInputError('activation', `"${name}" is none of ${ACTIVATIONS.join(', ')}`);
  }
  const id = (input: string): number | null => {
    const info = call.optional(input);
    return info === null ? null : call.backend.id(spread(info));
  };
  const slope = name === 'leakyrelu' ? call.number('leakyreluAlpha') : 0;
  return [id('bias'), activation, id('preluActivationWeights'), slope];
}
