/**
 * Location attention: the scores of all positions are W q + b, whatever the regions hold (Luong et
 * al. 2015, eq. 9; the bias is sockeye's).
 */
import type { Regions } from '../image/regions.js';
import { ShapeError } from '../errors.js';
import { Linear } from '../linear.js';
import { affine } from '../matrix.js';
import { weightOf, type ParameterPlan, type Weights } from '../parameters.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { attendByScores } from './attend-by-scores.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';
import type { ScoreWidths } from './widths.js';

/** `positions`: regions that attention sees, the global one included. */
export function locationParameters({ query }: ScoreWidths, positions: number): ParameterPlan[] {
  return affine('attention.location', query, positions);
}

export class LocationAttention implements Attention {
  private readonly location: Linear; // [query width, positions]
  private readonly positions: number;

  constructor(weights: Weights) {
    const weight = weightOf(weights, 'attention.location');
    this.location = new Linear(weight, weightOf(weights, 'attention.locationBias'));
    this.positions = weight.shape[1] ?? 0;
  }

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    const [images = 0, count = 0, width = 0] = memory.shape;
    if (count !== this.positions) {
      throw new ShapeError(
        'regions for location attention',
        [images, this.positions, width],
        memory.shape,
        'Its weights belong to the positions of the training images; use features with as many regions.',
      );
    }
    return { keys: memory, values: memory, mask, memoryInput: null };
  }

  begin({ values, mask }: PreparedRegions): Attend {
    return (query) => {
      const { context, alpha } = attendByScores(this.location.apply(query), values, mask);
      return { context, alpha: () => alpha, state: NOTHING };
    };
  }
}
