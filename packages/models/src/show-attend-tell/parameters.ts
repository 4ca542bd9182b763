/** The weights of Show, Attend and Tell: names, shapes and start values. */
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { baselineParameters } from '../hard-attention/reinforce.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { affine, matrix } from '../matrix.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';
import { lstmParameters } from '../recurrent/lstm.js';

/** Matrices are stored [in, out], but `embedding` and `output.weight` have one row per word. */
export function showAttendTellParameters(
  spec: ShowAttendTellSpec,
  sizes: CaptionerSizes,
): ParameterPlan[] {
  const { hidden, embed, attentionHidden } = spec;
  const width = spec.projectsRegions ? hidden : sizes.channels; // of a region
  return [
    ...(spec.projectsRegions ? regionParameters(spec, sizes, hidden, false) : []),
    { name: 'embedding', shape: [sizes.vocabulary, embed], start: xavierIn(embed) },
    ...(spec.startState === 'mlp' ? affine('start.hidden', width, width) : []),
    ...affine('start.h', width, hidden),
    ...affine('start.c', width, hidden),
    ...affine('attention.regions', width, attentionHidden),
    matrix('attention.query', hidden, attentionHidden),
    matrix('attention.score', attentionHidden, 1),
    ...gateParameters(spec, width),
    ...lstmParameters('lstm', embed + width, hidden),
    ...(spec.deepOutput
      ? [...affine('readout.state', hidden, embed), matrix('readout.context', width, embed)]
      : []),
    ...outputParameters(spec, sizes.vocabulary, spec.deepOutput ? embed : hidden),
    ...baselineParameters(spec),
  ];
}

function gateParameters(spec: ShowAttendTellSpec, width: number): ParameterPlan[] {
  if (spec.betaGate === 'none') return [];
  return affine('gate', spec.hidden, spec.betaGate === 'scalar' ? 1 : width);
}
