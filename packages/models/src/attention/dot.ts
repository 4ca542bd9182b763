/**
 * Dot attention: score_k = q · v_k (Bazzani et al. 2018, section 3.2; Luong et al. 2015, eq. 8). No
 * parameters where query and region are as wide as the state; what is not is projected to that width,
 * as in sockeye. The context is that of the regions as they were.
 */
import { mul, type Tensor } from '@tensorflow/tfjs-core';
import { eachRegion } from '../image/each-region.js';
import type { Regions } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { Linear } from '../linear.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { attendByScores, dotScores } from './attend-by-scores.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';
import type { ScoreWidths } from './widths.js';

export function dotParameters({ region, query, score }: ScoreWidths): ParameterPlan[] {
  const projection = (name: string, width: number): ParameterPlan[] =>
    width === score ? [] : [{ name, shape: [width, score], start: xavierIn(width) }];
  return [...projection('attention.regions', region), ...projection('attention.query', query)];
}

export class DotAttention implements Attention {
  private readonly regions: Tensor | null; // [region width, score width]
  private readonly query: Linear | null; // [query width, score width]
  private readonly scale: number;

  /** `isScaled`: divide the scores by the root of their width (Vaswani et al. 2017, eq. 1). */
  constructor(weights: Weights, { region, query, score }: ScoreWidths, isScaled: boolean) {
    this.regions = region === score ? null : weightOf(weights, 'attention.regions');
    this.query = query === score ? null : new Linear(weightOf(weights, 'attention.query'), null);
    this.scale = isScaled ? 1 / Math.sqrt(score) : 1;
  }

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    const keys = this.regions === null ? memory : eachRegion(memory, this.regions);
    return { keys, values: memory, mask, memoryInput: null };
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
