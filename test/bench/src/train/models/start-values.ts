/** Start values as in `packages/models`: Xavier uniform, factor "in", magnitude 2.34. */
import type { ParameterPlan } from './captioner.js';

/** `fanIn`: rows of a matrix [in, out]. */
export function matrix(name: string, shape: readonly number[], fanIn: number): ParameterPlan {
  const bound = Math.sqrt(2.34 / fanIn);
  return {
    name,
    shape,
    start: (rng, size) =>
      Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound),
  };
}

export function constant(name: string, shape: readonly number[], value: number): ParameterPlan {
  return { name, shape, start: (_rng, size) => new Float32Array(size).fill(value) };
}
