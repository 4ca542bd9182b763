/**
 * Weight normalisation of every matrix (Salimans & Kingma 2016): W = g v / |v| for each unit, g
 * learned and 1 at the start, as sockeye has it for the output matrix. Families know nothing of it:
 * they get the normalised matrices under the usual names.
 */
import { add, mul, rsqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import { ones } from '../initialisers.js';
import { WEIGHT_NORM_EPSILON } from '../output-layer.js';
import type { ParameterPlan, Weights } from '../parameters.js';

const SCALE = '.unitScale';
/**
 * Rows of these are looked up, they are no units. The output matrix has a scale of its own, which stays
 * what it is where the matrix is the embedding.
 */
const NOT_NORMALISED = new Set([
  'embedding',
  'embedding.vectors',
  'positions',
  'output.weight',
  'output.scale',
]);

/** One scale for each unit, a column of a matrix [in, out]; none for what families give scales, [out, 1]. */
export function matrixScales(plans: readonly ParameterPlan[]): ParameterPlan[] {
  const names = new Set(plans.map(({ name }) => name));
  const scales = new Set(plans.map(({ name }) => scaleNameOf(name)));
  return plans.flatMap(({ name, shape, isTrained }) => {
    const [rows = 0, units = 0] = shape;
    const isMatrix = shape.length === 2 && rows > 1 && isTrained !== false && !scales.has(name);
    if (!isMatrix || NOT_NORMALISED.has(name) || names.has(scaleNameOf(name))) return [];
    return [{ name: name + SCALE, shape: [1, units], start: ones }];
  });
}

/** The weights as families read them; what has a scale is normalised. */
export function withUnitScales(weights: Weights): Weights {
  const normalised = new Map<string, Tensor>();
  for (const [name, weight] of weights) {
    const scale = weights.get(name + SCALE);
    normalised.set(name, scale === undefined ? weight : normalisedColumns(weight, scale));
  }
  return normalised;
}

function normalisedColumns(weight: Tensor, scale: Tensor): Tensor {
  const lengths = add(sum(square(weight), 0, true), WEIGHT_NORM_EPSILON); // [1, out]
  return mul(weight, mul(rsqrt(lengths), scale));
}

/** What a family calls the scale of a kernel that it normalises itself. */
function scaleNameOf(name: string): string {
  return `${name.replace(/\.weight$/, '')}.scale`;
}
