/** Causal convolution over words with its activation (Gehring et al. 2017; van den Oord et al. 2016). */
import {
  abs,
  add,
  concat,
  exp,
  log,
  matMul,
  mul,
  neg,
  relu,
  reshape,
  sigmoid,
  slice,
  split,
  tanh,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { FcnSpec } from '@capgrid/contracts';
import { normalisedRows, weightNormLinear } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { ones, xavierIn, zeros } from '../initialisers.js';
import { WEIGHT_NORM_EPSILON } from '../output-layer.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

/**
 * The kernel has a row for each filter: its numbers for the oldest word, ..., for this word. With the
 * gated linear unit the first half of the filters are the values, the second half their gates.
 */
export function convolutionParameters(spec: FcnSpec, layer: string): ParameterPlan[] {
  const { hidden, kernel, weightNorm } = spec;
  const filters = spec.activation === 'glu' ? 2 * hidden : hidden;
  const [fanIn, fanOut] = [kernel * hidden, kernel * filters];
  const name = `${layer}.convolution`;
  return [
    { name: `${name}.weight`, shape: [filters, fanIn], start: xavierIn(fanIn, fanOut) },
    { name: `${name}.bias`, shape: [filters], start: zeros },
    ...(weightNorm === false ? [] : [{ name: `${name}.scale`, shape: [filters, 1], start: ones }]),
  ];
}

/** From windows, [rows, kernel * hidden], to what the filters give, [rows, filters]. */
export type Filters = (windows: Tensor) => Tensor;

/** For training: normalises the kernel at each call, with a gradient. */
export function trainedFilters(spec: FcnSpec, weights: Weights, layer: string): Filters {
  const { weight, bias, scale } = kernelOf(spec, weights, layer);
  return scale === null
    ? (windows) => add(matMul(windows, weight, false, true), bias)
    : (x) => weightNormLinear({ x, weight, scale, bias }, WEIGHT_NORM_EPSILON);
}

/** The kernel as decoding uses it again and again, [filters, kernel * hidden]. */
export function finishedKernel(spec: FcnSpec, weights: Weights, layer: string): Tensor {
  const { weight, scale } = kernelOf(spec, weights, layer);
  return scale === null ? weight : normalisedRows(weight, scale, WEIGHT_NORM_EPSILON);
}

function kernelOf(spec: FcnSpec, weights: Weights, layer: string) {
  const part = (name: string): Tensor => weightOf(weights, `${layer}.convolution.${name}`);
  const scale = spec.weightNorm === false ? null : part('scale');
  return { weight: part('weight'), bias: part('bias'), scale };
}

/**
 * Each word with the `kernel` - 1 words before it: [size, before + steps, hidden], where `before` =
 * `kernel` - 1 rows come first (zeros, or earlier words), to [size * steps, kernel * hidden].
 */
export function windowsOf(words: Tensor, kernel: number): Tensor {
  const [size = 0, length = 0, hidden = 0] = words.shape;
  const steps = length - (kernel - 1);
  const shifted = Array.from({ length: kernel }, (_, k) =>
    slice(words, [0, k, 0], [size, steps, hidden]),
  );
  return reshape(concat(shifted, 2), [size * steps, kernel * hidden]);
}

/** [rows, filters] to [rows, hidden] */
export function activate(kind: FcnSpec['activation'], x: Tensor): Tensor {
  switch (kind) {
    case 'glu':
      return gated(x);
    case 'relu':
      return relu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'tanh':
      return tanh(x);
    case 'softrelu':
      // log(1 + e^x), without overflow
      return add(relu(x), log(add(exp(neg(abs(x))), 1)));
  }
}

/** Dauphin et al. 2017, eq. 1: A sigmoid(B). */
function gated(x: Tensor): Tensor {
  const [values, gates] = split<Tensor>(x, 2, 1);
  if (values === undefined || gates === undefined)
    throw new ModelInputError('no words to convolve');
  return mul(values, sigmoid(gates));
}
