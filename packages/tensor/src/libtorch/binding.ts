/**
 * The native addon, function by function. Tensors are small integer ids. A function that makes
 * tensors returns nothing: it writes id, dtype code, rank and sizes of each into `results`.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AddonMissingError, EngineStartError } from '../errors.js';
import type { NativeArray } from './dtypes.js';
import type { DeviceFunctions, GpuFunctions } from './gpu-binding.js';
import { prepareNativeEnvironment } from './native-environment.js';

export type Ids = readonly number[];

export interface Runtime {
  /** Of libtorch. */
  readonly version: string;
  /** Name of the library that multiplies matrices on the CPU. */
  readonly blas: string;
  readonly threads: number;
  readonly hasCuda: boolean;
}

/** Bias, activation (kernels/activation.ts), weights of prelu, slope of leaky relu. */
export type Ending = readonly [
  bias: number | null,
  activation: number,
  alpha: number | null,
  slope: number,
];
export type Sampling = readonly [
  isBilinear: boolean,
  alignsCorners: boolean,
  hasHalfPixelCenters: boolean,
];

export interface Binding extends DeviceFunctions, GpuFunctions {
  readonly results: Int32Array;
  runtime(): Runtime;
  setThreads(count: number): void;

  upload(values: NativeArray, dtype: number, shape: Ids): void;
  /** Waits for the device. */
  download(id: number, into: NativeArray): void;
  free(id: number): void;
  tensorCount(): number;
  /** Freed memory of the CPU that is kept for the next tensors: at most so many bytes. */
  setKeptLimit(bytes: number): void;
  keptBytes(): number;
  reshape(id: number, shape: Ids): void;
  fill(shape: Ids, value: number, dtype: number): void;

  /** Names in the order of the operations' indices. */
  unaryNames(): string[];
  binaryNames(): string[];
  unary(op: number, x: number): void;
  binary(op: number, a: number, b: number): void;
  cast(x: number, dtype: number): void;
  select(condition: number, a: number, b: number): void;
  clip(x: number, least: number, most: number): void;
  step(x: number, alpha: number): void;
  leakyRelu(x: number, alpha: number): void;
  addN(ids: Ids): void;
  eluGradient(dy: number, y: number): void;
  batchNorm(
    x: number,
    mean: number,
    variance: number,
    offset: number | null,
    scale: number | null,
    epsilon: number,
  ): void;

  reductionNames(): string[];
  /** `axes` ascending and not negative. */
  reduce(op: number, x: number, axes: Ids, keepDims: boolean): void;
  argMax(x: number, axis: number): void;
  argMin(x: number, axis: number): void;
  cumulate(
    x: number,
    axis: number,
    isProduct: boolean,
    isExclusive: boolean,
    isReverse: boolean,
  ): void;
  softmax(x: number): void;
  logSoftmax(x: number): void;

  matMul(a: number, b: number, transposeA: boolean, transposeB: boolean): void;
  fusedMatMul(
    a: number,
    b: number,
    transposeA: boolean,
    transposeB: boolean,
    ...ending: Ending
  ): void;
  einsum(equation: string, ids: Ids): void;

  /** `window`: has channels first, then for each axis of space six numbers, see native/src/window.h. */
  convolve(x: number, filter: number, window: Ids, isDepthwise: boolean, ...ending: Ending): void;
  convolveInputGradient(
    dy: number,
    filter: number,
    window: Ids,
    isDepthwise: boolean,
    inputShape: Ids,
  ): void;
  convolveFilterGradient(
    x: number,
    dy: number,
    window: Ids,
    isDepthwise: boolean,
    filterShape: Ids,
  ): void;
  maxPool(x: number, window: Ids): void;
  maxPoolGradient(dy: number, x: number, window: Ids): void;
  averagePool(x: number, window: Ids): void;
  averagePoolGradient(dy: number, x: number, window: Ids, countsPadding: boolean): void;
  resize(images: number, height: number, width: number, ...sampling: Sampling): void;
  /** `height` and `width` of the images. */
  resizeGradient(dy: number, height: number, width: number, ...sampling: Sampling): void;

  concat(ids: Ids, axis: number): void;
  stack(ids: Ids, axis: number): void;
  slice(x: number, begin: Ids, size: Ids): void;
  /** One result per size, from `begin` on. */
  split(x: number, axis: number, begin: number, sizes: Ids): void;
  /** One result for each of `count` indices from `begin` on. */
  unstack(x: number, axis: number, begin: number, count: number): void;
  transpose(x: number, permutation: Ids): void;
  /** `paddings`: before and after, axis by axis. */
  pad(x: number, paddings: Ids, value: number): void;
  tile(x: number, repetitions: Ids): void;
  reverse(x: number, axes: Ids): void;
  broadcastTo(x: number, shape: Ids): void;
  stridedSlice(x: number, begin: Ids, sizes: Ids, strides: Ids, shape: Ids): void;
  mirrorPad(x: number, paddings: Ids, isSymmetric: boolean): void;
  /** Reshapes, transposes and reshapes again. */
  rearrange(x: number, shape: Ids, permutation: Ids, result: Ids): void;
  /** start + i * step for `count` values. */
  sequence(start: number, step: number, count: number, dtype: number): void;

  /** Where `isChecked`, an index outside is an error; otherwise it is moved inside. */
  gather(x: number, indices: number, axis: number, batchAxes: number, isChecked: boolean): void;
  gatherNd(x: number, indices: number, shape: Ids, isChecked: boolean): void;
  scatterNd(indices: number, updates: number, shape: Ids, isChecked: boolean): void;
  scatterUpdate(x: number, indices: number, updates: number, isChecked: boolean): void;
  oneHot(indices: number, depth: number, on: number, off: number, dtype: number): void;
  segmentSum(x: number, segmentIds: number, count: number): void;
  /** Two results: values and positions. */
  topK(x: number, k: number): void;

  // The fused kernels of @capgrid/ops; their files give shapes and order of inputs and results.
  lstmCell(inputGates: number, hiddenGates: number, c: number): void;
  lstmCellGrad(dh: number, dcNext: number, c: number, cNext: number, activations: number): void;
  gruCell(inputGates: number, hiddenGates: number, h: number): void;
  gruCellGrad(dhNext: number, workspace: number): void;
  mlpAttention(
    keys: number,
    query: number,
    score: number,
    values: number,
    mask: number | null,
  ): void;
  mlpAttentionGrad(
    dContext: number,
    dAlpha: number,
    keys: number,
    query: number,
    score: number,
    values: number,
    alpha: number,
  ): void;
  /** Adds to `dKeys`, `dScore` and `dValues` in place. */
  mlpAttentionGradSum(
    dContext: number,
    keys: number,
    query: number,
    score: number,
    values: number,
    alpha: number,
    dKeys: number,
    dScore: number,
    dValues: number,
  ): void;
  multiHeadAttention(
    query: number,
    keys: number,
    values: number,
    mask: number | null,
    heads: number,
    scale: number,
    isCausal: boolean,
  ): void;
  multiHeadAttentionGrad(
    dContext: number,
    query: number,
    keys: number,
    values: number,
    alpha: number,
    heads: number,
    scale: number,
  ): void;
  layerNorm(x: number, gamma: number, beta: number, epsilon: number): void;
  layerNormGrad(dy: number, x: number, gamma: number, mean: number, inverse: number): void;
  weightNormLinear(x: number, weight: number, scale: number, bias: number, epsilon: number): void;
  weightNormLinearGrad(
    dy: number,
    x: number,
    weight: number,
    scale: number,
    inverseNorm: number,
  ): void;
  crossEntropy(logits: number, labels: number, smoothing: number, pad: number | null): void;
  crossEntropyGrad(
    dLoss: number,
    logits: number,
    labels: number,
    logTotal: number,
    smoothing: number,
    pad: number | null,
  ): void;
  /** `ids`: weight, gradient, m and v of each parameter; weights and moments change in place. */
  adamStep(
    rate: number,
    ids: Ids,
    beta1: number,
    beta2: number,
    epsilon: number,
    clipKind: number,
    clipValue: number,
  ): void;
}

export const ADDON_PATH = fileURLToPath(
  new URL('../../native/build/capgrid_tensor.node', import.meta.url),
);

/**
 * Loads the addon.
 * @throws AddonMissingError when it was not built
 * @throws EngineStartError when it does not load
 */
export function loadBinding(): Binding {
  if (!existsSync(ADDON_PATH)) throw new AddonMissingError();
  prepareNativeEnvironment();
  try {
    return createRequire(import.meta.url)(ADDON_PATH);
  } catch (cause) {
    throw new EngineStartError('libtorch', { cause });
  }
}
