/** The weights of bottom-up and top-down attention: names, shapes and start values. */
import type { UpDownSpec } from '@capgrid/contracts';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { matrix } from '../matrix.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';
import { lstmParameters } from '../recurrent/lstm.js';

/** Matrices are stored [in, out], but `embedding` and `output.weight` have one row per word. */
export function upDownParameters(spec: UpDownSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed, attentionHidden } = spec;
  const { vocabulary } = sizes;
  const width = spec.projectsRegions ? hidden : sizes.channels; // of a region
  const known = embed + (spec.global === 'none' ? 0 : width);
  return [
    ...(spec.projectsRegions ? regionParameters(spec, sizes, hidden, true) : []),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    ...lstmParameters('attentionLstm', known + hidden, hidden), // [E y; v_mean; h2]
    ...lstmParameters('languageLstm', width + hidden, hidden), // [v_hat; h1]
    matrix('attention.regions', width, attentionHidden),
    matrix('attention.query', hidden, attentionHidden),
    matrix('attention.score', attentionHidden, 1),
    ...outputParameters(spec, vocabulary, hidden),
  ];
}
