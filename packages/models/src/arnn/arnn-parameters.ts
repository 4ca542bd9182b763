/** The weights of the attentional RNN: names, shapes and start values. */
import type { ArnnSpec } from '@capgrid/contracts';
import { attentionOf } from '../attention/attention.js';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { regionParameters } from '../image/regions.js';
import { orthogonalRows, xavierIn, zeros } from '../initialisers.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';

/**
 * Matrices are stored [in, out] (x W), but `embedding` and `output.weight` have one row per word.
 * The fan-in is always that of the whole matrix, as in MXNet.
 */
export function arnnParameters(spec: ArnnSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed } = spec;
  const { vocabulary } = sizes;
  // x_t = [e; (v_last); hbar_{t-1}]
  const inputWidth = embed + (spec.concatGlobal ? hidden : 0) + hidden;
  return [
    ...regionParameters(spec, sizes, hidden),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    { name: 'lstm.input', shape: [inputWidth, 4 * hidden], start: xavierIn(inputWidth) },
    { name: 'lstm.inputBias', shape: [4 * hidden], start: zeros },
    {
      name: 'lstm.recurrent',
      shape: [hidden, 4 * hidden],
      start: orthogonalRows(hidden, 4 * hidden),
    },
    { name: 'lstm.recurrentBias', shape: [4 * hidden], start: zeros },
    ...attentionOf(spec).parameters,
    { name: 'hidden.weight', shape: [2 * hidden, hidden], start: xavierIn(2 * hidden) },
    { name: 'hidden.bias', shape: [hidden], start: zeros },
    ...outputParameters(spec, vocabulary, hidden),
  ];
}
