/**
 * For decoders that see all words of a caption at once: attention and convolution want the words of
 * a caption side by side, training has them time-major.
 */
import { reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';

/** int32 [steps, size] to [size * steps] */
export function byCaption(inputs: Tensor): Tensor {
  return reshape(transpose(inputs), [inputs.size]);
}

/** [size * steps, width] to [steps * size, width] */
export function byStep(x: Tensor, steps: number, size: number): Tensor {
  const width = x.size / (steps * size);
  return reshape(transpose(reshape(x, [size, steps, width]), [1, 0, 2]), [steps * size, width]);
}
