/**
 * `none`: the context is always the last region. That is the global descriptor when there is one in
 * memory; without one it is the last that is no padding, the bottom right cell of a grid, as in
 * sockeye's "fixed" attention. With `maskPadding: false` there is no mask, and without a global
 * descriptor the last may be a region of padding.
 */
import { clone, concat, ones, reshape, slice, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { lastIn, lastRegion, type Regions } from '../image/regions.js';
import type { Attend, Attention, PreparedRegions } from './attention.js';
import { NOTHING, remembersNothing } from './remembers-nothing.js';

export class FixedAttention implements Attention {
  /** `isGlobalLast`: the last region is the global descriptor, behind the padding. */
  constructor(private readonly isGlobalLast: boolean) {}

  readonly start = remembersNothing;

  prepare({ memory, mask }: Regions): PreparedRegions {
    if (mask !== null && !this.isGlobalLast) {
      return { keys: lastIn(mask), values: lastRegion(memory, mask), mask, memoryInput: null };
    }
    const [batch = 0, count = 0, width = 0] = memory.shape;
    const last = reshape(slice(memory, [0, count - 1, 0], [batch, 1, width]), [batch, width]);
    return { keys: oneAtEnd(batch, count), values: last, mask, memoryInput: null };
  }

  begin(prepared: PreparedRegions): Attend {
    return () => ({
      context: prepared.values,
      alpha: () => clone(prepared.keys),
      state: NOTHING,
    });
  }
}

/** [rows, count] */
function oneAtEnd(rows: number, count: number): Tensor {
  return count > 1 ? concat([zeros([rows, count - 1]), ones([rows, 1])], 1) : ones([rows, 1]);
}
