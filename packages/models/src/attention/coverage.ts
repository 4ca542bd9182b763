/**
 * Attention that remembers how much it has looked at each region (Tu et al. 2016): score_k = w ·
 * tanh(W_e v_k + W_q q + W_c C_k), where C_k is brought up to date after each word. As in sockeye,
 * without biases, and the memory starts at zero.
 */
import { add, matMul, reshape, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { mlpAttention } from '@capgrid/ops';
import type { ArnnSpec } from '@capgrid/contracts';
import type { RowTensors } from '../captioner/captioner.js';
import { ModelInputError } from '../errors.js';
import type { Regions } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import { attendNormalised } from './attend-normalised.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import {
  coverageUpdate,
  coverageUpdateParameters,
  memoryWidth,
  type CoverageUpdate,
} from './coverage-update.js';
import { MlpScores } from './mlp.js';
import type { ScoreWidths } from './widths.js';

export type CoverageKind = ArnnSpec['attention']['coverage'];

/** Beside those of mlp attention. */
export function coverageParameters(
  { attention, recurrentInit }: ArnnSpec,
  { region, query, score }: ScoreWidths,
): ParameterPlan[] {
  const kind = attention.coverage;
  const kept = memoryWidth(kind, attention.coverageWidth);
  return [
    { name: 'attention.coverage', shape: [kept, score], start: xavierIn(kept) },
    ...coverageUpdateParameters(kind, { region, query, width: kept }, recurrentInit),
  ];
}

export class CoverageAttention implements Attention {
  private readonly scores: MlpScores;
  private readonly coverage: Tensor; // W_c, [width, width of the score]
  private readonly update: CoverageUpdate;

  constructor(weights: Weights, kind: CoverageKind, isNormalised: boolean) {
    this.scores = new MlpScores(weights, isNormalised);
    this.coverage = weightOf(weights, 'attention.coverage');
    this.update = coverageUpdate(kind, weights);
  }

  prepare({ memory, mask }: Regions): PreparedRegions {
    const [images = 0, count = 0, region = 0] = memory.shape;
    const flat = reshape(memory, [images * count, region]);
    const regionPart = this.update.prepare(flat);
    return { keys: this.scores.keys(memory), values: memory, mask, ...regionPart };
  }

  start({ keys }: PreparedRegions, rows: number): RowTensors {
    const width = this.coverage.shape[0] ?? 0;
    return { coverage: zeros([rows, keys.shape[1] ?? 0, width]) };
  }

  begin(prepared: PreparedRegions): Attend {
    const { keys, values, mask } = prepared;
    const { query: projection, score, norm } = this.scores;
    const [batch = 0, count = 0, scoreWidth = 0] = keys.shape;
    return (query, { coverage = null }) => {
      if (coverage === null) throw new ModelInputError('The state has no coverage.');
      const flat = reshape(coverage, [batch * count, coverage.size / (batch * count)]);
      const seen = reshape(matMul(flat, this.coverage), [batch, count, scoreWidth]);
      const tensors = {
        keys: add(keys, seen),
        query: projection.apply(query),
        score,
        values,
      };
      const { context, alpha } =
        norm === null
          ? mlpAttention({ ...tensors, ...(mask === null ? {} : { mask }) })
          : attendNormalised({ ...tensors, mask }, norm);
      const next = this.update.next({ prepared, query, alpha, coverage: flat });
      return {
        context,
        alpha: () => alpha,
        state: { coverage: reshape(next, coverage.shape) },
      };
    };
  }
}
