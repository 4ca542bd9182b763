/** The decoder families by name: the zoo. */
import type { ModelSpec } from '@capgrid/contracts';
import { arnnFamily } from '../arnn/arnn.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import type { Captioner, CaptionerSizes } from './captioner.js';

/** Names, shapes and start values of the weights of a model. */
export function captionerParameters(spec: ModelSpec, sizes: CaptionerSizes): ParameterPlan[] {
  switch (spec.decoder) {
    case 'arnn':
      return arnnFamily.parameters(spec, sizes);
  }
}

/** The model over `weights`, which stay the caller's. */
export function createCaptioner(spec: ModelSpec, weights: Weights): Captioner {
  switch (spec.decoder) {
    case 'arnn':
      return arnnFamily.create(spec, weights);
  }
}
