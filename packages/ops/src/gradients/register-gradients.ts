/**
 * tfjs-core's Node build has the machinery of gradients but registers none (they come with the
 * union package for browsers). These are the ones that the composed operations and the models need,
 * and those of the fused kernels, for every engine.
 */
import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { convolutionGradients } from './convolution.js';
import { elementwiseGradients } from './elementwise.js';
import { fusedGradients } from './fused.js';
import { reductionGradients } from './reduction.js';
import { structureGradients } from './structure.js';

let isRegistered = false;

/** Idempotent, and leaves gradients that are registered already; every entry point that trains calls it. */
export function registerGradients(): void {
  if (isRegistered) return;
  for (const config of [
    ...elementwiseGradients,
    ...structureGradients,
    ...reductionGradients,
    ...convolutionGradients,
    ...fusedGradients,
  ]) {
    // One that the user has registered stays. Against its type, there may be none.
    if (!getGradient(config.kernelName)) registerGradient(config);
  }
  isRegistered = true;
}
