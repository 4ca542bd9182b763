/**
 * Dot attention: score_k = q · v_k (Bazzani et al. 2018, section 3.2; Luong et al. 2015, eq. 8). No
 * parameters, unless the query is wider than a region: then it is projected, as in sockeye.
 */
import { mul } from '@tensorflow/tfjs-core';
import type { Regions } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { attendByScores, dotScores } from './attend-by-scores.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';

export function dotParameters(hidden: number, queryWidth: number): ParameterPlan[] {
  if (queryWidth === hidden) return [];
  return [{ name: 'attention.query', shape: [queryWidth, hidden], start: xavierIn(queryWidth) }];
}

export class DotAttention implements Attention {
  private readonly query: Linear | null;
  private readonly scale: number;

  /** `isScaled`: divide the scores by sqrt(hidden) (Vaswani et al. 2017, eq. 1). */
  constructor(weights: Weights, hidden: number, queryWidth: number, isScaled: boolean) {
    const isProjected = queryWidth !== hidden;
    this.query = isProjected ? new Linear(weightOf(weights, 'attention.query'), null) : null;
    this.scale = isScaled ? 1 / Math.sqrt(hidden) : 1;
  }

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    return { keys: memory, values: memory, mask, memoryInput: null };
  }

  begin({ keys, values, mask }: PreparedRegions): Attend {
    return (query) => {
      const projected = this.query === null ? query : this.query.apply(query);
      const q = this.scale === 1 ? projected : mul(projected, this.scale);
      const { context, alpha } = attendByScores(dotScores(keys, q), values, mask);
      return { context, alpha: () => alpha, state: NOTHING };
    };
  }
}
