/** The kernels that run on libtorch, by what they do. */
import type { Binding } from './binding.js';
import { complexKernels } from './kernels/complex.js';
import { convolutionKernels } from './kernels/convolution.js';
import { elementwiseKernels } from './kernels/elementwise.js';
import { fusedKernels } from './kernels/fused.js';
import { imageKernels } from './kernels/image.js';
import { indexingKernels } from './kernels/indexing.js';
import type { NativeKernel } from './kernels/kernel.js';
import { matrixKernels } from './kernels/matrix.js';
import { reductionKernels } from './kernels/reduction.js';
import { shapeKernels } from './kernels/shape.js';
import { spaceKernels } from './kernels/space.js';

export interface KernelGroup {
  /** A heading of the README's table. */
  readonly title: string;
  readonly kernels: readonly NativeKernel[];
}

export function nativeKernels(binding: Binding): KernelGroup[] {
  return [
    { title: 'value by value', kernels: elementwiseKernels(binding) },
    { title: 'reductions, softmax, cumulative', kernels: reductionKernels(binding) },
    { title: 'matrix products', kernels: matrixKernels },
    { title: 'convolutions', kernels: convolutionKernels },
    { title: 'pooling, resizing, batch norm', kernels: imageKernels },
    { title: 'lookup, scatter, top-k', kernels: indexingKernels },
    { title: 'shape and layout', kernels: [...shapeKernels, ...spaceKernels] },
    { title: 'parts of complex numbers', kernels: complexKernels },
    { title: 'fused (`@capgrid/ops`)', kernels: fusedKernels },
  ];
}
