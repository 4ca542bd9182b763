/** The weights of adaptive attention: names, shapes and start values. */
import type { AdaptiveSpec } from '@capgrid/contracts';
import type { CaptionerSizes } from '../captioner/captioner.js';
import { regionParameters } from '../image/regions.js';
import { xavierIn } from '../initialisers.js';
import { matrix } from '../matrix.js';
import { outputParameters } from '../output-layer.js';
import type { ParameterPlan } from '../parameters.js';
import { lstmParameters } from '../recurrent/lstm.js';

/** Matrices are stored [in, out], but `embedding` and `output.weight` have one row per word. */
export function adaptiveParameters(spec: AdaptiveSpec, sizes: CaptionerSizes): ParameterPlan[] {
  const { hidden, embed, attentionHidden } = spec;
  const { vocabulary } = sizes;
  // x_t = [w_t; v_g]
  const inputWidth = embed + (spec.global === 'none' ? 0 : hidden);
  const sentinel = [
    matrix('sentinel.input', inputWidth, hidden),
    matrix('sentinel.recurrent', hidden, hidden),
    matrix('sentinel.key', hidden, attentionHidden),
  ];
  return [
    ...regionParameters(spec, sizes, hidden, true),
    { name: 'embedding', shape: [vocabulary, embed], start: xavierIn(embed) },
    ...lstmParameters('lstm', inputWidth, hidden),
    ...(spec.sentinel ? sentinel : []),
    matrix('attention.regions', hidden, attentionHidden),
    matrix('attention.query', hidden, attentionHidden),
    matrix('attention.score', attentionHidden, 1),
    ...outputParameters(spec, vocabulary, hidden),
  ];
}
