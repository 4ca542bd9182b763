/** Runs a kernel of the active backend by its name, where there is one. */
import {
  Tensor,
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
} from '@tensorflow/tfjs-core';
import { KernelResultError } from './errors.js';

/** Whether the active backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  // The type says that there always is one; tfjs-core returns undefined for unknown names.
  return Boolean(getKernel(name, getBackend()));
}

/** Calls a kernel that returns `count` tensors. It must be registered for the active backend. */
export function runKernel(
  name: string,
  inputs: NamedTensorMap,
  attrs: NamedAttrMap,
  count: number,
): Tensor[] {
  const result = engine().runKernel<Tensor | Tensor[]>(name, inputs, attrs);
  const tensors = result instanceof Tensor ? [result] : result;
  if (tensors.length !== count) throw new KernelResultError(name, count, tensors.length);
  return tensors;
}
