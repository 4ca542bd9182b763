/** The interface of the attention kinds and the choice among them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import type { Regions } from '../image/regions.js';
import type { Linear } from '../linear.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import { dotAttention } from './dot.js';
import { fixedAttention } from './fixed.js';
import { mlpAttention } from './mlp.js';
import { multiHeadAttention } from './multi-head.js';

/**
 * Regions of a batch of images as one attention kind reads them; made once per image. Rows in the
 * sense of `RowTensors`.
 */
export type PreparedRegions = {
  readonly keys: Tensor;
  readonly values: Tensor;
  /** bool [images, regions], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
};

/** What a kind multiplies the query with at each word; made once per sequence. */
export interface AttentionMatrices {
  readonly query: Linear | null;
  /** [hidden], of the additive kind. */
  readonly score: Tensor | null;
}

export interface Attended {
  /** [rows, hidden] */
  readonly context: Tensor;
  /**
   * Weights over the regions, [rows, regions]; the mean over heads where there are several. Computed
   * when asked for: training does not need it.
   */
  readonly alpha: () => Tensor;
}

export interface Attention {
  readonly parameters: readonly ParameterPlan[];
  readonly prepare: (weights: Weights, regions: Regions) => PreparedRegions;
  readonly matrices: (weights: Weights) => AttentionMatrices;
  /** Begins a sequence of words. */
  readonly begin: (matrices: AttentionMatrices, prepared: PreparedRegions) => Attend;
}

/** `query`: [batch, hidden], the top LSTM state of the next word. */
export type Attend = (query: Tensor) => Attended;

export function attentionOf(spec: ArnnSpec): Attention {
  const { kind, heads, isScaled } = spec.attention;
  switch (kind) {
    case 'none':
      return fixedAttention();
    case 'dot':
      return dotAttention(spec.hidden, isScaled);
    case 'multihead':
      return multiHeadAttention(spec.hidden, heads);
    case 'mlp':
      return mlpAttention(spec.hidden);
  }
}
