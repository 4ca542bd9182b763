/** The weights of Show, Attend and Tell: names, shapes and start values. */
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { baselineParameters } from '../hard-attention/reinforce.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn, zeros } from '../initialisers.js';
import { matrix } from '../matrix.js';
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
    ...(spec.startState === 'mlp' ? layer('start.hidden', width, width) : []),
    ...layer('start.h', width, hidden),
    ...layer('start.c', width, hidden),
    ...layer('attention.regions', width, attentionHidden),
    matrix('attention.query', hidden, attentionHidden),
    matrix('attention.score', attentionHidden, 1),
    ...gateParameters(spec, width),
    ...lstmParameters('lstm', embed + width, hidden),
    ...(spec.deepOutput
      ? [...layer('readout.state', hidden, embed), matrix('readout.context', width, embed)]
      : []),
    ...outputParameters(spec, sizes.vocabulary, spec.deepOutput ? embed : hidden),
    ...baselineParameters(spec),
  ];
}

function gateParameters(spec: ShowAttendTellSpec, width: number): ParameterPlan[] {
  if (spec.betaGate === 'none') return [];
  return layer('gate', spec.hidden, spec.betaGate === 'scalar' ? 1 : width);
}

function layer(name: string, from: number, to: number): ParameterPlan[] {
  return [matrix(name, from, to), { name: `${name}Bias`, shape: [to], start: zeros }];
}
