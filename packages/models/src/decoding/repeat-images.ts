/** Lays the encoded regions of each image out once per hypothesis of its beam. */
import { gather, reshape, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnImages } from '../arnn/arnn.js';

/** `images`: how many are in `encoded`. Rows of one image become `times` blocks in a row. */
export function repeatImages(encoded: ArnnImages, images: number, times: number): ArnnImages {
  const indices = tensor1d(
    Int32Array.from({ length: images * times }, (_, row) => Math.floor(row / times)),
    'int32',
  );
  return {
    regions: {
      keys: repeated(encoded.regions.keys),
      values: repeated(encoded.regions.values),
    },
    globalGates: encoded.globalGates === null ? null : repeated(encoded.globalGates),
  };

  /** [images, ...] -> [images * times, ...] */
  function repeated(x: Tensor): Tensor {
    const [rows = 0, ...rest] = x.shape;
    const blocks = reshape(x, [images, x.size / images]);
    return reshape(gather(blocks, indices), [rows * times, ...rest]);
  }
}
