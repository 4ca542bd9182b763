/** The weights of the attentional RNN: names, shapes and start values. */
import type { ArnnSpec } from '@capgrid/contracts';
import { attentionParameters } from '../attention/attention.js';
import { regionWidth } from '../attention/widths.js';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';
import { attentionalVectorParameters } from './attentional-vector.js';
import { initialStateParameters } from './initial-state.js';
import { stackParameters } from './recurrent-stack.js';

/**
 * Matrices are stored [in, out] (x W), but `embedding` and `output.weight` have one row per word.
 * The fan-in is always that of the whole matrix, as in MXNet.
 */
export function arnnParameters(spec: ArnnSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed } = spec;
  const { vocabulary } = sizes;
  const readsGlobal = spec.concatGlobal || spec.initialState === 'last';
  return [
    ...regionParameters(spec, sizes, regionWidth(spec), readsGlobal),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    ...stackParameters(spec),
    ...attentionParameters(spec, sizes),
    ...attentionalVectorParameters(spec),
    ...initialStateParameters(spec),
    ...outputParameters(spec, vocabulary, hidden),
  ];
}
