/** The plans of matrices as most are: [in, out] (x W), with the start that `model.init` names. */
import { xavierIn, zeros } from './initialisers.js';
import type { ParameterPlan } from './parameters.js';

export function matrix(name: string, fanIn: number, fanOut: number): ParameterPlan {
  return { name, shape: [fanIn, fanOut], start: xavierIn(fanIn) };
}

/** The same with a bias (x W + b), which is called `nameBias`. */
export function affine(name: string, fanIn: number, fanOut: number): ParameterPlan[] {
  return [matrix(name, fanIn, fanOut), { name: `${name}Bias`, shape: [fanOut], start: zeros }];
}
