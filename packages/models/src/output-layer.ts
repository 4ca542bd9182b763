/** From the last vector of a decoder to the vocabulary: logits = W_o x + b_o. */
import { add, matMul, type Tensor } from '@tensorflow/tfjs-core';
import type { OutputSpec } from '@capgrid/contracts';
import { normalisedRows, weightNormLinear } from '@capgrid/ops';
import { ones, xavierIn, zeros } from './initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from './parameters.js';

/** Inside the square root of the weight normalisation (Salimans & Kingma 2016), as in sockeye. */
export const WEIGHT_NORM_EPSILON = 1e-10;

/** `width`: of the vectors. */
export function outputParameters(
  spec: OutputSpec,
  vocabulary: number,
  width: number,
): ParameterPlan[] {
  return [
    { name: 'output.weight', shape: [vocabulary, width], start: xavierIn(width) },
    { name: 'output.bias', shape: [vocabulary], start: zeros },
    ...(spec.weightNorm ? [{ name: 'output.scale', shape: [vocabulary, 1], start: ones }] : []),
  ];
}

/** [rows, vocabulary] from vectors [rows, width]; for training, once per sequence. */
export function outputLogits(spec: OutputSpec, weights: Weights, vectors: Tensor): Tensor {
  const weight = weightOf(weights, 'output.weight');
  const bias = weightOf(weights, 'output.bias');
  if (!spec.weightNorm) return add(matMul(vectors, weight, false, true), bias);
  const scale = weightOf(weights, 'output.scale');
  return weightNormLinear({ x: vectors, weight, scale, bias }, WEIGHT_NORM_EPSILON);
}

/** The output layer for decoding, which applies it at each word. */
export class OutputLayer {
  private readonly weight: Tensor;
  private readonly bias: Tensor;

  constructor(spec: OutputSpec, weights: Weights) {
    const weight = weightOf(weights, 'output.weight');
    this.weight = spec.weightNorm
      ? normalisedRows(weight, weightOf(weights, 'output.scale'), WEIGHT_NORM_EPSILON)
      : weight;
    this.bias = weightOf(weights, 'output.bias');
  }

  /** [rows, vocabulary] */
  logits(vectors: Tensor): Tensor {
    return add(matMul(vectors, this.weight, false, true), this.bias);
  }
}
