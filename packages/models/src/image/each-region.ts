/** The same matrix for every region. */
import { add, matMul, reshape, type Tensor } from '@tensorflow/tfjs-core';

/** v_k W (+ b) as one product: [images, regions, in] to [images, regions, out]. */
export function eachRegion(regions: Tensor, matrix: Tensor, bias: Tensor | null = null): Tensor {
  const [images = 0, count = 0, width = 0] = regions.shape;
  const product = matMul(reshape(regions, [images * count, width]), matrix);
  const sum = bias === null ? product : add(product, bias);
  return reshape(sum, [images, count, matrix.shape[1] ?? 0]);
}
