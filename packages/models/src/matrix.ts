/** The plan of a matrix as most are: [in, out] (x W), with the start that `model.init` names. */
import { xavierIn } from './initialisers.js';
import type { ParameterPlan } from './parameters.js';

export function matrix(name: string, fanIn: number, fanOut: number): ParameterPlan {
  return { name, shape: [fanIn, fanOut], start: xavierIn(fanIn) };
}
