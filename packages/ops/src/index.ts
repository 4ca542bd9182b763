export {
  AdamStep,
  adamStep,
  adamStepComposed,
  globalNorm,
  type AdamParameter,
  type AdamSettings,
  type AdamStepAttrs,
  type GradientClip,
} from './adam-step.js';
export { maskedSoftmax } from './attention-mask.js';
export { GradientError, KernelResultError, OpInputError } from './errors.js';
export { registerGradients } from './gradients/register-gradients.js';
export {
  GruCell,
  GruCellGrad,
  gruCell,
  gruCellComposed,
  type GruCellGradInputs,
  type GruCellInputs,
} from './gru-cell.js';
export { hasKernel } from './kernels.js';
export {
  LayerNorm,
  LayerNormGrad,
  layerNorm,
  layerNormComposed,
  type LayerNormAttrs,
  type LayerNormGradInputs,
  type LayerNormInputs,
} from './layer-norm.js';
export {
  LstmCell,
  LstmCellGrad,
  lstmCell,
  lstmCellComposed,
  type LstmCellGradInputs,
  type LstmCellInputs,
  type LstmState,
} from './lstm-cell.js';
export {
  MlpAttention,
  MlpAttentionGrad,
  mlpAttention,
  mlpAttentionComposed,
  type MlpAttended,
  type MlpAttentionGradInputs,
  type MlpAttentionInputs,
  type MlpAttentionTensors,
} from './mlp-attention.js';
export {
  MlpAttentionGradSum,
  MlpAttentionSequence,
  type MlpAttentionGradSumInputs,
  type SequenceAttended,
} from './mlp-attention-sequence.js';
export {
  MultiHeadAttention,
  MultiHeadAttentionGrad,
  attendPrepared,
  multiHeadAttention,
  multiHeadAttentionComposed,
  prepareHeads,
  type MultiHeadAttended,
  type MultiHeadAttentionAttrs,
  type MultiHeadAttentionGradAttrs,
  type MultiHeadAttentionGradInputs,
  type MultiHeadAttentionInputs,
  type MultiHeadAttentionTensors,
} from './multi-head-attention.js';
export { noGradient, tieTo } from './shared-gradient.js';
export {
  SparseSoftmaxCrossEntropy,
  SparseSoftmaxCrossEntropyGrad,
  sparseCrossEntropy,
  sparseCrossEntropyComposed,
  type SparseCrossEntropyAttrs,
  type SparseCrossEntropyGradInputs,
  type SparseCrossEntropyInputs,
} from './sparse-cross-entropy.js';
export {
  WeightNormLinear,
  WeightNormLinearGrad,
  normalisedRows,
  weightNormLinear,
  weightNormLinearComposed,
  type WeightNormLinearAttrs,
  type WeightNormLinearGradInputs,
  type WeightNormLinearInputs,
  type WeightNormLinearTensors,
} from './weight-norm-linear.js';
