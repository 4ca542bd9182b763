/** The fused kernels that @capgrid/ops calls where a backend has them. */
import {
  AdamStep,
  GruCell,
  GruCellGrad,
  LayerNorm,
  LayerNormGrad,
  LstmCell,
  LstmCellGrad,
  MlpAttention,
  MlpAttentionGrad,
  MlpAttentionGradSum,
  MultiHeadAttention,
  MultiHeadAttentionGrad,
  SparseSoftmaxCrossEntropy,
  SparseSoftmaxCrossEntropyGrad,
  WeightNormLinear,
  WeightNormLinearGrad,
} from '@capgrid/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { KernelInputError } from '../../errors.js';
import { isSameShape } from '../data.js';
import type { KernelCall, NativeKernel } from './kernel.js';

/** Functions of the addon that take ids of tensors and nothing else. */
type TensorFunction =
  | 'lstmCell'
  | 'lstmCellGrad'
  | 'gruCell'
  | 'gruCellGrad'
  | 'layerNormGrad'
  | 'mlpAttentionGrad'
  | 'mlpAttentionGradSum'
  | 'weightNormLinearGrad';

/** A kernel whose inputs, in this order, are all the arguments of the native function. */
function plain(
  name: string,
  run: TensorFunction,
  inputs: readonly string[],
  results: number,
): NativeKernel {
  return {
    name,
    run: (call) => {
      const ids = inputs.map((input) => call.id(input));
      const native: (...ids: number[]) => void = call.binding[run];
      native(...ids);
      return call.results(results);
    },
  };
}

export const fusedKernels: readonly NativeKernel[] = [
  plain(LstmCell, 'lstmCell', ['inputGates', 'hiddenGates', 'c'], 3),
  plain(LstmCellGrad, 'lstmCellGrad', ['dh', 'dcNext', 'c', 'cNext', 'activations'], 2),
  plain(GruCell, 'gruCell', ['inputGates', 'hiddenGates', 'h'], 2),
  plain(GruCellGrad, 'gruCellGrad', ['dhNext', 'workspace'], 3),
  {
    name: MlpAttention,
    run: (call) => {
      const [keys, query, score] = [call.id('keys'), call.id('query'), call.id('score')];
      call.binding.mlpAttention(keys, query, score, call.id('values'), call.optionalId('mask'));
      return call.results(2);
    },
  },
  plain(
    MlpAttentionGrad,
    'mlpAttentionGrad',
    ['dContext', 'dAlpha', 'keys', 'query', 'score', 'values', 'alpha'],
    4,
  ),
  plain(
    MlpAttentionGradSum,
    'mlpAttentionGradSum',
    ['dContext', 'keys', 'query', 'score', 'values', 'alpha', 'dKeys', 'dScore', 'dValues'],
    1,
  ),
  {
    name: MultiHeadAttention,
    run: (call) => {
      const [query, keys, values] = [call.id('query'), call.id('keys'), call.id('values')];
      const [heads, scale] = [call.number('heads'), call.number('scale')];
      const mask = call.optionalId('mask');
      call.binding.multiHeadAttention(
        query,
        keys,
        values,
        mask,
        heads,
        scale,
        call.flag('isCausal'),
      );
      return call.results(2);
    },
  },
  {
    name: MultiHeadAttentionGrad,
    run: (call) => {
      const [dContext, query, keys] = [call.id('dContext'), call.id('query'), call.id('keys')];
      const [values, alpha] = [call.id('values'), call.id('alpha')];
      const [heads, scale] = [call.number('heads'), call.number('scale')];
      call.binding.multiHeadAttentionGrad(dContext, query, keys, values, alpha, heads, scale);
      return call.results(3);
    },
  },
  {
    name: LayerNorm,
    run: (call) => {
      const [x, gamma, beta] = [call.id('x'), call.id('gamma'), call.id('beta')];
      call.binding.layerNorm(x, gamma, beta, call.number('epsilon'));
      return call.results(3);
    },
  },
  plain(LayerNormGrad, 'layerNormGrad', ['dy', 'x', 'gamma', 'mean', 'inverseDeviation'], 3),
  {
    name: WeightNormLinear,
    run: (call) => {
      const [x, weight, scale] = [call.id('x'), call.id('weight'), call.id('scale')];
      call.binding.weightNormLinear(x, weight, scale, call.id('bias'), call.number('epsilon'));
      return call.results(2);
    },
  },
  plain(
    WeightNormLinearGrad,
    'weightNormLinearGrad',
    ['dy', 'x', 'weight', 'scale', 'inverseNorm'],
    4,
  ),
  {
    name: SparseSoftmaxCrossEntropy,
    run: (call) => {
      const [logits, labels] = [call.id('logits'), call.id('labels')];
      call.binding.crossEntropy(logits, labels, call.number('smoothing'), padOf(call));
      return call.results(2);
    },
  },
  {
    name: SparseSoftmaxCrossEntropyGrad,
    run: (call) => {
      const [dLoss, logits] = [call.id('dLoss'), call.id('logits')];
      const [labels, logTotal] = [call.id('labels'), call.id('logTotal')];
      const smoothing = call.number('smoothing');
      call.binding.crossEntropyGrad(dLoss, logits, labels, logTotal, smoothing, padOf(call));
      return call.result();
    },
  },
  { name: AdamStep, run: adamStep },
];

const CLIP_KINDS = ['none', 'element', 'norm'];

function adamStep(call: KernelCall): TensorInfo {
  const ids = Array.from({ length: call.number('count') }, (_, i) => parameterIds(call, i)).flat();
  const { kind, value } = clipOf(call);
  const [beta1, beta2, epsilon] = [
    call.number('beta1'),
    call.number('beta2'),
    call.number('epsilon'),
  ];
  const clip = CLIP_KINDS.indexOf(kind);
  call.binding.adamStep(call.id('rate'), ids, beta1, beta2, epsilon, clip, value);
  return call.result();
}

/** The native function compares sizes only: values may be kept in another shape than the tensor's. */
function parameterIds(call: KernelCall, i: number): number[] {
  const { backend } = call;
  const weight = call.input(`w${i}`);
  for (const name of ['g', 'm', 'v']) {
    const { shape } = call.input(`${name}${i}`);
    if (isSameShape(shape, weight.shape)) continue;
    throw new KernelInputError(
      AdamStep,
      `parameter ${i} has the shape [${weight.shape.join(', ')}], its ${name} [${shape.join(', ')}]`,
    );
  }
  return [
    backend.ownedId(weight),
    call.id(`g${i}`),
    backend.ownedId(call.input(`m${i}`)),
    backend.ownedId(call.input(`v${i}`)),
  ];
}

function clipOf(call: KernelCall): { kind: string; value: number } {
  const clip = call.attribute('clip');
  if (typeof clip === 'object' && clip !== null && 'kind' in clip && 'value' in clip) {
    const { kind, value } = clip;
    if (typeof kind === 'string' && CLIP_KINDS.includes(kind) && typeof value === 'number') {
      return { kind, value };
    }
  }
  throw new KernelInputError(
    AdamStep,
    `clip should be one of ${CLIP_KINDS.join(', ')} with a value`,
  );
}

function padOf(call: KernelCall): number | null {
  return typeof call.attribute('padId') === 'number' ? call.number('padId') : null;
}
