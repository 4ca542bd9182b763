/**
 * Batch normalisation of each channel (Ioffe & Szegedy 2015, algorithm 1), with moving averages for
 * decoding; as in PyTorch, the moving variance is the unbiased one.
 */
import {
  add,
  maximum,
  mean,
  mul,
  rsqrt,
  square,
  sub,
  sum,
  div,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';

const EPSILON = 1e-5;

export interface BatchNormalised {
  readonly normalised: Tensor;
  /** New moving averages, by the names of their weights; empty but in training. */
  readonly updates: ReadonlyMap<string, Tensor>;
}

/** Which batch norm of a model, and how it takes statistics. */
export interface BatchNormSettings {
  /** Before the names of its weights. */
  readonly name: string;
  /** Share of the batch in the moving averages. */
  readonly momentum: number;
  /** True: the statistics of the batch instead of the moving averages. */
  readonly isTraining: boolean;
}

/** Of one channel each, [channels]. */
interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export function batchNormParameters(name: string, channels: number): ParameterPlan[] {
  const shape = [channels];
  return [
    { name: `${name}.gamma`, shape, start: ones },
    { name: `${name}.beta`, shape, start: zeros },
    { name: `${name}.mean`, shape, start: zeros, isTrained: false },
    { name: `${name}.variance`, shape, start: ones, isTrained: false },
  ];
}

/**
 * A batch of one row has no variance: it is normalised as at decoding.
 *
 * @param x [rows, channels]
 * @param isReal float [rows, 1], 0 for rows that are left out of the statistics; null for all rows
 */
export function batchNorm(
  weights: Weights,
  x: Tensor,
  isReal: Tensor | null,
  { name, momentum, isTraining }: BatchNormSettings,
): BatchNormalised {
  const moving = {
    mean: weightOf(weights, `${name}.mean`),
    variance: weightOf(weights, `${name}.variance`),
  };
  const standardised = ({ mean: average, variance }: Statistics): Tensor => {
    const scale = mul(rsqrt(add(variance, EPSILON)), weightOf(weights, `${name}.gamma`));
    return add(mul(sub(x, average), scale), weightOf(weights, `${name}.beta`));
  };
  const [rows = 0] = x.shape;
  if (!isTraining || rows === 1) return { normalised: standardised(moving), updates: new Map() };
  const { used, unbiased } = isReal === null ? ofAll(x) : ofReal(x, isReal);
  const moved = (average: Tensor, value: Tensor): Tensor =>
    add(mul(average, 1 - momentum), mul(value, momentum));
  return {
    normalised: standardised(used),
    updates: new Map([
      [`${name}.mean`, moved(moving.mean, used.mean)],
      [`${name}.variance`, moved(moving.variance, unbiased)],
    ]),
  };
}

function ofAll(x: Tensor): { used: Statistics; unbiased: Tensor } {
  const [rows = 0] = x.shape;
  const average = mean(x, 0);
  const variance = mean(square(sub(x, average)), 0);
  return { used: { mean: average, variance }, unbiased: mul(variance, rows / (rows - 1)) };
}

function ofReal(x: Tensor, isReal: Tensor): { used: Statistics; unbiased: Tensor } {
  const count = sum(isReal);
  const average = div(sum(mul(x, isReal), 0), count);
  const squares = sum(mul(square(sub(x, average)), isReal), 0);
  return {
    used: { mean: average, variance: div(squares, count) },
    // One real row has no variance: its squares are 0.
    unbiased: div(squares, maximum(sub(count, 1), 1)),
  };
}
