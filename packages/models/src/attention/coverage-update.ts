/** How the memory of coverage attention is brought up to date after a word (Tu et al. 2016, section 3.1). */
import { add, expandDims, matMul, mul, reshape, tanh, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import { gruCell } from '@capgrid/ops';
import { ModelInputError } from '../errors.js';
import { xavierIn, zeros } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { startOfState } from '../recurrent/recurrent-start.js';
import type { PreparedRegions } from './attention.js';
import type { CoverageKind } from './coverage.js';

export interface CoverageStep {
  readonly prepared: PreparedRegions;
  readonly query: Tensor; // [batch, query width]
  readonly alpha: Tensor; // [batch, regions]
  readonly coverage: Tensor; // [batch * regions, width]
}

export interface CoverageUpdate {
  /** The part of the update that depends on the regions alone, from [images * regions, region width]. */
  prepare(regions: Tensor): Pick<PreparedRegions, 'memoryInput'>;
  /** [batch * regions, width] */
  next(step: CoverageStep): Tensor;
}

interface Widths {
  readonly region: number;
  readonly query: number;
  /** Of the memory of a region. */
  readonly width: number;
}

/** A count is one number. */
export function memoryWidth(kind: CoverageKind, width: number): number {
  return kind === 'count' ? 1 : width;
}

export function coverageUpdateParameters(
  kind: CoverageKind,
  { region, query, width }: Widths,
  recurrentInit: ArnnSpec['recurrentInit'],
): ParameterPlan[] {
  if (kind === 'count') return [];
  // A GRU has three gates; biases as everywhere in a GRU, none in the perceptron, as in sockeye.
  const columns = kind === 'gru' ? 3 * width : width;
  // A GRU reads [v_k; q; alpha_k] by one matrix, the perceptron each part by one of its own.
  const joint = region + query + 1;
  const rows = (name: string, from: number): ParameterPlan => ({
    name,
    shape: [from, columns],
    start: xavierIn(kind === 'gru' ? joint : from, columns),
  });
  const bias = (name: string): ParameterPlan[] =>
    kind === 'gru' ? [{ name, shape: [columns], start: zeros }] : [];
  return [
    rows('coverage.regions', region),
    rows('coverage.query', query),
    rows('coverage.alpha', 1),
    ...bias('coverage.inputBias'),
    {
      name: 'coverage.recurrent',
      shape: [width, columns],
      start: kind === 'gru' ? startOfState(recurrentInit, width, columns) : xavierIn(width),
    },
    ...bias('coverage.recurrentBias'),
  ];
}

export function coverageUpdate(kind: CoverageKind, weights: Weights): CoverageUpdate {
  return kind === 'count' ? new CountUpdate() : new LearnedUpdate(kind, weights);
}

/** C_k' = C_k + alpha_k: the sum of all weights so far (section 3.1.1, with fertility 1). */
class CountUpdate implements CoverageUpdate {
  prepare(): Pick<PreparedRegions, 'memoryInput'> {
    return { memoryInput: null };
  }

  next({ alpha, coverage }: CoverageStep): Tensor {
    return add(coverage, reshape(alpha, [alpha.size, 1]));
  }
}

/** C_k' = f(C_k, alpha_k, v_k, q), f a GRU or tanh of a sum (section 3.1.2). */
class LearnedUpdate implements CoverageUpdate {
  private readonly regions: Tensor; // [region width, columns]
  private readonly query: Linear; // [query width, columns]
  private readonly alpha: Tensor; // [1, columns]
  private readonly recurrent: Linear; // [width, columns]

  constructor(
    private readonly kind: 'gru' | 'tanh',
    weights: Weights,
  ) {
    const bias = (name: string): Tensor | null => (kind === 'gru' ? weightOf(weights, name) : null);
    this.regions = weightOf(weights, 'coverage.regions');
    this.query = new Linear(weightOf(weights, 'coverage.query'), bias('coverage.inputBias'));
    this.alpha = weightOf(weights, 'coverage.alpha');
    this.recurrent = new Linear(
      weightOf(weights, 'coverage.recurrent'),
      bias('coverage.recurrentBias'),
    );
  }

  prepare(regions: Tensor): Pick<PreparedRegions, 'memoryInput'> {
    return { memoryInput: matMul(regions, this.regions) };
  }

  next({ prepared, query, alpha, coverage }: CoverageStep): Tensor {
    const { memoryInput } = prepared; // [batch * regions, columns]
    if (memoryInput === null) throw new ModelInputError('The regions were prepared for a count.');
    const asked = expandDims(this.query.apply(query), 1); // [batch, 1, columns]
    const looked = mul(expandDims(alpha, 2), this.alpha); // [batch, regions, columns]
    const fromHere = add(looked, asked);
    const input = add(reshape(fromHere, memoryInput.shape), memoryInput);
    const recurrent = this.recurrent.apply(coverage);
    return this.kind === 'gru' ? gruCell(input, recurrent, coverage) : tanh(add(input, recurrent));
  }
}
