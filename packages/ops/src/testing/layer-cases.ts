/** Layer normalisation and the weight-normalised linear layer against plain loops. */
import { add, matMul } from '@tensorflow/tfjs-core';
import { layerNorm, layerNormComposed } from '../layer-norm.js';
import {
  normalisedRows,
  weightNormLinear,
  weightNormLinearComposed,
  type WeightNormLinearTensors,
} from '../weight-norm-linear.js';
import { at, float, indices, total, type OpCase, type TensorOf, type ValuesOf } from './op-case.js';

const LAYER_EPSILON = 1e-6;
const WIDTH = 7;

export const layerNormCases = [[3], [2, 3], []].map((outer): OpCase => ({
  name: `x of rank ${outer.length + 1}`,
  inputs: {
    x: float([...outer, WIDTH], 1, 3),
    gamma: float([WIDTH], 2),
    beta: float([WIDTH], 3),
  },
  op: (t) => [layerNorm(t('x'), t('gamma'), t('beta'), LAYER_EPSILON)],
  composed: (t) => [layerNormComposed(t('x'), t('gamma'), t('beta'), LAYER_EPSILON)],
  reference: (v) => {
    const [x, gamma, beta] = [v('x'), v('gamma'), v('beta')];
    const y = indices(x.length / WIDTH).flatMap((row) => {
      const values = x.slice(row * WIDTH, (row + 1) * WIDTH);
      const mean = total(values) / WIDTH;
      const variance = total(values.map((value) => (value - mean) ** 2)) / WIDTH;
      return values.map(
        (value, i) =>
          (at(gamma, i) * (value - mean)) / Math.sqrt(variance + LAYER_EPSILON) + at(beta, i),
      );
    });
    return [y];
  },
  differentiable: 1,
}));

const NORM_EPSILON = 1e-10;
const [ROWS, INPUTS, OUTPUTS] = [3, 4, 5];

export const weightNormLinearCase: OpCase = {
  name: 'more outputs than inputs',
  inputs: {
    x: float([ROWS, INPUTS], 1),
    weight: float([OUTPUTS, INPUTS], 2),
    scale: float([OUTPUTS, 1], 3, 2),
    bias: float([OUTPUTS], 4),
  },
  op: (t) => [weightNormLinear(tensorsOf(t), NORM_EPSILON)],
  composed: (t) => [weightNormLinearComposed(tensorsOf(t), NORM_EPSILON)],
  reference: linear,
  differentiable: 1,
};

/** The matrix that decoding makes once gives the same numbers. */
export const normalisedRowsCase: OpCase = {
  ...weightNormLinearCase,
  name: 'with the normalised matrix made beforehand',
  op: (t) => {
    const matrix = normalisedRows(t('weight'), t('scale'), NORM_EPSILON);
    return [add(matMul(t('x'), matrix, false, true), t('bias'))];
  },
};

function tensorsOf(t: TensorOf): WeightNormLinearTensors {
  return { x: t('x'), weight: t('weight'), scale: t('scale'), bias: t('bias') };
}

function linear(v: ValuesOf): number[][] {
  const [x, weight, scale, bias] = [v('x'), v('weight'), v('scale'), v('bias')];
  const y = indices(ROWS * OUTPUTS).map((k) => {
    const [row, o] = [Math.floor(k / OUTPUTS), k % OUTPUTS];
    const w = weight.slice(o * INPUTS, (o + 1) * INPUTS);
    const norm = Math.sqrt(total(w.map((value) => value ** 2)) + NORM_EPSILON);
    const product = total(w.map((value, i) => value * at(x, row * INPUTS + i)));
    return (at(scale, o) * product) / norm + at(bias, o);
  });
  return [y];
}
