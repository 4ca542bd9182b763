/** The weights of the convolutional decoder: names, shapes and start values. */
import type { FcnSpec } from '@capgrid/contracts';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { layerNames } from '../layer-names.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';
import { positionParameters } from '../positions/positions.js';
import { convolutionParameters } from './convolution.js';
import { attentionParameters } from './fcn-attention.js';

/**
 * Matrices are stored [in, out] (x W), but `embedding`, `positions`, `output.weight` and the kernels of
 * the convolutions have one row per word, position or filter.
 */
export function fcnParameters(spec: FcnSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed, positions } = spec;
  const { vocabulary, maxWords } = sizes;
  return [
    ...regionParameters(spec, sizes, hidden, false),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    ...positionParameters(positions, maxWords, embed),
    { name: 'input.weight', shape: [embed, hidden], start: xavierIn(embed) },
    ...layerNames(spec).flatMap((layer) => [
      ...convolutionParameters(spec, layer),
      ...attentionParameters(spec, layer),
    ]),
    ...outputParameters(spec, vocabulary, hidden),
  ];
}
