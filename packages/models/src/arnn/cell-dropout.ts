/**
 * Dropout inside the recurrent layers, as in sockeye: the input of a cell and its state h have one mask
 * each for all words of a caption (Gal & Ghahramani 2016, section 3), the candidate g of an LSTM a new
 * one at each word (Semeniuta et al. 2016, eq. 11). The state keeps its cell c, and what attention and
 * residual connections read is not dropped.
 */
import { mul, reshape, split, unstack, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import { dropoutPlan, noiseOf, type Noise, type NoisePlan } from '../captioner/noise.js';
import { layerInputs, nameOfLayer } from './layer-inputs.js';

/** The masks of one layer, 0 or 1 / (1 - dropout). */
export interface CellMasks {
  /** [rows, width] for each known part of the input; empty without. */
  readonly known: readonly Tensor[];
  /** [rows, width] of the rest of the input; null without. */
  readonly inner: Tensor | null;
  /** [rows, hidden] or null */
  readonly state: Tensor | null;
  /** [rows, hidden] at each word; empty without. */
  readonly candidates: readonly Tensor[];
}

export function cellDropoutPlans(spec: ArnnSpec): NoisePlan[] {
  const { hidden, inputDropout, stateDropout, recurrentDropout } = spec;
  return layerInputs(spec).flatMap(({ known, inner }, layer) => {
    const width = known.reduce((sum, part) => sum + part, inner);
    const name = (option: string): string => nameOfLayer(option, layer);
    return [
      ...dropoutPlan(name('inputDropout'), inputDropout, (_steps, size) => [size, width]),
      ...dropoutPlan(name('stateDropout'), stateDropout, (_steps, size) => [size, hidden]),
      ...dropoutPlan(name('recurrentDropout'), recurrentDropout, (steps, size) => [
        steps,
        size,
        hidden,
      ]),
    ];
  });
}

/** Of each layer. */
export function cellMasks(
  spec: ArnnSpec,
  noise: Noise | null,
  plans: readonly NoisePlan[],
): CellMasks[] {
  return layerInputs(spec).map(({ known, inner }, layer) => {
    const mask = (option: string): Tensor | null =>
      noiseOf(noise, plans, nameOfLayer(option, layer));
    const [input, candidates] = [mask('inputDropout'), mask('recurrentDropout')];
    const widths = inner === 0 ? [...known] : [...known, inner];
    const parts = input === null ? [] : split<Tensor>(input, widths, 1);
    return {
      known: parts.slice(0, known.length),
      inner: inner === 0 ? null : (parts.at(-1) ?? null),
      state: mask('stateDropout'),
      candidates: candidates === null ? [] : unstack(candidates),
    };
  });
}

/** The same mask, [rows, width], at each word of x, [steps * rows, width], time-major. */
export function droppedAlike(x: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) return x;
  const [rows = 0, width = 0] = mask.shape;
  return reshape(mul(reshape(x, [-1, rows, width]), mask), x.shape);
}
