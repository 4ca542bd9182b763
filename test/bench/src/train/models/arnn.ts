/** The ARNN of `@capgrid/models`: additive attention, concat global, weight norm, LSTM. */
import { ModelSpec } from '@capgrid/contracts';
import { captionerParameters, createCaptioner, createTrainingStep } from '@capgrid/models';
import type { Sizes } from '../sizes.js';
import type { Captioner } from './captioner.js';

export const arnn: Captioner = {
  parameters: (sizes) => captionerParameters(specOf(sizes), sizes),
  trainingStep: (weights, sizes, adam) =>
    createTrainingStep(createCaptioner(specOf(sizes), weights), weights, adam, {
      labelSmoothing: 0,
      entropyWeight: 0,
    }),
};

function specOf({ hidden }: Sizes): ModelSpec {
  return ModelSpec.parse({ decoder: 'arnn', hidden, embed: hidden, weightNorm: true });
}
