/**
 * The native addon, function by function. Tensors are small integer ids. A function that makes
 * tensors returns nothing: it writes id, dtype code, rank and sizes of each into `results`.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AddonMissingError, EngineStartError } from '../errors.js';
import type { NativeArray } from './dtypes.js';
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

export interface Binding {
  readonly results: Int32Array;
  runtime(): Runtime;
  setThreads(count: number): void;

  upload(values: NativeArray, dtype: number, shape: Ids): void;
  /** Waits for the device. */
  download(id: number, into: NativeArray): void;
  free(id: number): void;
  tensorCount(): number;
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

  reductionNames(): string[];
  /** `axes` ascending and not negative. */
  reduce(op: number, x: number, axes: Ids, keepDims: boolean): void;
  argMax(x: number, axis: number): void;
  argMin(x: number, axis: number): void;
  softmax(x: number): void;
  logSoftmax(x: number): void;

  matMul(a: number, b: number, transposeA: boolean, transposeB: boolean): void;

  concat(ids: Ids, axis: number): void;
  stack(ids: Ids, axis: number): void;
  slice(x: number, begin: Ids, size: Ids): void;
  /** One result per size. */
  split(x: number, sizes: Ids, axis: number): void;
  /** One result per index of the axis. */
  unstack(x: number, axis: number): void;
  transpose(x: number, permutation: Ids): void;
  /** `paddings`: before and after, axis by axis. */
  pad(x: number, paddings: Ids, value: number): void;
  tile(x: number, repetitions: Ids): void;
  reverse(x: number, axes: Ids): void;
  broadcastTo(x: number, shape: Ids): void;

  gather(x: number, indices: number, axis: number): void;
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
  /** `pad`: -1 for none. */
  crossEntropy(logits: number, labels: number, smoothing: number, pad: number): void;
  crossEntropyGrad(
    dLoss: number,
    logits: number,
    labels: number,
    logSumExp: number,
    smoothing: number,
    pad: number,
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
