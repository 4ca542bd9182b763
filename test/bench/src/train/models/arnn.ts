/** The ARNN of `@capgrid/models`: additive attention, concat global, weight norm, LSTM. */
import { Arnn, arnnParameters, createTrainingStep } from '@capgrid/models';
import type { Sizes } from '../sizes.js';
import type { Captioner } from './captioner.js';

export const arnn: Captioner = {
  parameters: (sizes) => arnnParameters(specOf(sizes), sizes),
  trainingStep: (weights, sizes, adam) =>
    createTrainingStep(new Arnn(specOf(sizes), weights), weights, adam, 0),
};

const specOf = ({ hidden, heads }: Sizes) =>
  ({
    decoder: 'arnn',
    hidden,
    embed: hidden,
    attention: { kind: 'mlp', heads, isScaled: false },
    global: 'code',
    concatGlobal: true,
    weightNorm: true,
    dropout: 0,
  }) as const;
