/** Gradients of the fused kernels; each stands beside its operation. */
import type { GradConfig } from '@tensorflow/tfjs-core';
import { gruCellGradient } from '../gru-cell.js';
import { layerNormGradient } from '../layer-norm.js';
import { lstmCellGradient } from '../lstm-cell.js';
import { mlpAttentionGradient } from '../mlp-attention.js';
import { multiHeadAttentionGradient } from '../multi-head-attention.js';
import { sparseCrossEntropyGradient } from '../sparse-cross-entropy.js';
import { weightNormLinearGradient } from '../weight-norm-linear.js';

export const fusedGradients: readonly GradConfig[] = [
  gruCellGradient,
  layerNormGradient,
  lstmCellGradient,
  mlpAttentionGradient,
  multiHeadAttentionGradient,
  sparseCrossEntropyGradient,
  weightNormLinearGradient,
];
