/** The interface of the attention kinds and the choice among them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import type { CaptionerSizes, RowTensors } from '../captioner/captioner.js';
import { isGlobalInMemory, type Regions } from '../image/regions.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import { BilinearAttention, bilinearParameters } from './bilinear.js';
import { CoverageAttention, coverageParameters } from './coverage.js';
import { DotAttention, dotParameters } from './dot.js';
import { FixedAttention } from './fixed.js';
import { LocationAttention, locationParameters } from './location.js';
import { MlpAttention, mlpParameters } from './mlp.js';
import { MultiHeadAttention, multiHeadParameters } from './multi-head.js';
import { scoreWidths } from './widths.js';

/**
 * Regions of a batch of images as one attention kind reads them; made once per image. Rows in the
 * sense of `RowTensors`.
 */
export type PreparedRegions = {
  readonly keys: Tensor;
  readonly values: Tensor;
  /** bool [images, regions], false where a region is padding; null where none is. */
  readonly mask: Tensor | null;
  /** [images * regions, n]: part of the update of coverage; null elsewhere. */
  readonly memoryInput: Tensor | null;
};

export interface Attended {
  /** [rows, width]: see `contextWidth` */
  readonly context: Tensor;
  /**
   * Weights over the regions, [rows, regions]; the mean over heads where there are several. Computed
   * when asked for: training does not need it.
   */
  readonly alpha: () => Tensor;
  /** For the next word; empty in kinds that remember nothing. */
  readonly state: RowTensors;
}

/**
 * One kind with what it computes once per sequence in its fields. In training one object serves one
 * sequence.
 */
export interface Attention {
  prepare(regions: Regions): PreparedRegions;
  /** What the kind remembers of earlier words, before the first; `rows`: of `prepared`. */
  start(prepared: PreparedRegions, rows: number): RowTensors;
  /** Begins a sequence of words. */
  begin(prepared: PreparedRegions): Attend;
}

/** `query`: [rows, query width] of the next word. */
export type Attend = (query: Tensor, state: RowTensors) => Attended;

export function attentionParameters(spec: ArnnSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { layerNorm } = spec;
  const { kind, outputProjection } = spec.attention;
  const widths = scoreWidths(spec);
  switch (kind) {
    case 'none':
      return [];
    case 'dot':
      return dotParameters(widths);
    case 'bilinear':
      return bilinearParameters(widths);
    case 'mlp':
      return mlpParameters(widths, layerNorm);
    case 'multihead':
      return multiHeadParameters(widths, outputProjection);
    case 'location':
      return locationParameters(widths, sizes.regions + (isGlobalInMemory(spec) ? 1 : 0));
    case 'coverage':
      return [...mlpParameters(widths, layerNorm), ...coverageParameters(spec, widths)];
  }
}

export function createAttention(spec: ArnnSpec, weights: Weights): Attention {
  const { layerNorm } = spec;
  const { kind, heads, isScaled, coverage, outputProjection } = spec.attention;
  switch (kind) {
    case 'none':
      return new FixedAttention(isGlobalInMemory(spec));
    case 'dot':
      return new DotAttention(weights, scoreWidths(spec), isScaled);
    case 'bilinear':
      return new BilinearAttention(weights);
    case 'mlp':
      return new MlpAttention(weights, layerNorm);
    case 'multihead':
      return new MultiHeadAttention(weights, heads, outputProjection);
    case 'location':
      return new LocationAttention(weights);
    case 'coverage':
      return new CoverageAttention(weights, coverage, layerNorm);
  }
}
