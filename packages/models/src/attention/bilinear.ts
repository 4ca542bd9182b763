/**
 * Bilinear attention: score_k = q W v_k (Luong et al. 2015, eq. 8, "general"), no bias. W v_k is
 * computed once per image.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { eachRegion } from '../image/each-region.js';
import type { Regions } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { attendByScores, dotScores } from './attend-by-scores.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';
import type { ScoreWidths } from './widths.js';

export function bilinearParameters({ region, query }: ScoreWidths): ParameterPlan[] {
  return [{ name: 'attention.regions', shape: [region, query], start: xavierIn(region) }];
}

export class BilinearAttention implements Attention {
  private readonly regions: Tensor; // [region width, query width]

  constructor(weights: Weights) {
    this.regions = weightOf(weights, 'attention.regions');
  }

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    return { keys: eachRegion(memory, this.regions), values: memory, mask, memoryInput: null };
  }

  begin({ keys, values, mask }: PreparedRegions): Attend {
    return (query) => {
      const { context, alpha } = attendByScores(dotScores(keys, query), values, mask);
      return { context, alpha: () => alpha, state: NOTHING };
    };
  }
}
