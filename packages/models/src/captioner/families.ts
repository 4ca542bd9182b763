/** The decoder families by name: the zoo. */
import type { NeuralSpec } from '@capgrid/contracts';
import { adaptiveFamily } from '../adaptive/adaptive.js';
import { arnnFamily } from '../arnn/arnn.js';
import { fcnFamily } from '../fcn/fcn.js';
import { nicFamily } from '../nic/nic.js';
import type { ParameterPlan, Weights } from '../parameters.js';
import { satFamily } from '../sat/sat.js';
import { showAttendTellFamily } from '../show-attend-tell/show-attend-tell.js';
import { tanhRnnFamily } from '../tanh-rnn/tanh-rnn.js';
import { upDownFamily } from '../up-down/up-down.js';
import type { Captioner, CaptionerSizes } from './captioner.js';

/** The family's own weights: names, shapes and start values. */
export function familyParameters(spec: NeuralSpec, sizes: CaptionerSizes): ParameterPlan[] {
  switch (spec.decoder) {
    case 'arnn':
      return arnnFamily.parameters(spec, sizes);
    case 'sat':
      return satFamily.parameters(spec, sizes);
    case 'fcn':
      return fcnFamily.parameters(spec, sizes);
    case 'nic':
      return nicFamily.parameters(spec, sizes);
    case 'tanh-rnn':
      return tanhRnnFamily.parameters(spec, sizes);
    case 'show-attend-tell':
      return showAttendTellFamily.parameters(spec, sizes);
    case 'adaptive':
      return adaptiveFamily.parameters(spec, sizes);
    case 'up-down':
      return upDownFamily.parameters(spec, sizes);
  }
}

/** The family's decoder over `weights`, which stay the caller's. */
export function createFamily(spec: NeuralSpec, weights: Weights): Captioner {
  switch (spec.decoder) {
    case 'arnn':
      return arnnFamily.create(spec, weights);
    case 'sat':
      return satFamily.create(spec, weights);
    case 'fcn':
      return fcnFamily.create(spec, weights);
    case 'nic':
      return nicFamily.create(spec, weights);
    case 'tanh-rnn':
      return tanhRnnFamily.create(spec, weights);
    case 'show-attend-tell':
      return showAttendTellFamily.create(spec, weights);
    case 'adaptive':
      return adaptiveFamily.create(spec, weights);
    case 'up-down':
      return upDownFamily.create(spec, weights);
  }
}
