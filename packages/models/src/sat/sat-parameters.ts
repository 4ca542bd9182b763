/** The weights of the transformer decoder: names, shapes and start values. */
import type { SatSpec } from '@capgrid/contracts';
import { regionWidth } from '../attention/widths.js';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { layerNames } from '../layer-names.js';
import { normParameters } from '../layer-norm.js';
import { affine, matrix } from '../matrix.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';
import { positionParameters } from '../positions/positions.js';

/** Parts of a block, in their order. */
export const PARTS = ['self', 'image', 'feedForward'] as const;
export type Part = (typeof PARTS)[number];

/**
 * Matrices are stored [in, out] (x W), but `embedding`, `positions` and `output.weight` have one row
 * per word or position.
 */
export function satParameters(spec: SatSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, positions } = spec;
  return [
    ...regionParameters(spec, sizes, regionWidth(spec), false),
    { name: 'embedding', shape: [sizes.vocabulary, hidden], start: xavierIn(hidden) },
    ...positionParameters(positions, sizes.maxWords, hidden),
    ...layerNames(spec).flatMap((name) => layerParameters(spec, name)),
    ...sequenceParameters(spec.preprocess, 'final', hidden),
    ...outputParameters(spec, sizes.vocabulary, hidden),
  ];
}

function layerParameters(spec: SatSpec, layer: string): ParameterPlan[] {
  const { hidden, feedForward, preprocess, postprocess } = spec;
  const region = regionWidth(spec);
  return [
    // Columns for queries, keys and values.
    matrix(`${layer}.self.project`, hidden, 3 * hidden),
    matrix(`${layer}.self.output`, hidden, hidden),
    matrix(`${layer}.image.query`, hidden, hidden),
    // Columns for keys and values, side by side here, which sockeye has as two matrices.
    {
      name: `${layer}.image.project`,
      shape: [region, 2 * hidden],
      start: xavierIn(region, hidden),
    },
    matrix(`${layer}.image.output`, hidden, hidden),
    ...affine(`${layer}.feedForward.inner`, hidden, feedForward),
    ...affine(`${layer}.feedForward.outer`, feedForward, hidden),
    ...PARTS.flatMap((part) => [
      ...sequenceParameters(preprocess, `${layer}.${part}.pre`, hidden),
      ...sequenceParameters(postprocess, `${layer}.${part}.post`, hidden),
    ]),
  ];
}

function sequenceParameters(sequence: string, name: string, width: number): ParameterPlan[] {
  return sequence.includes('n') ? normParameters(name, width) : [];
}
