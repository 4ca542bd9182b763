/** The gates of an LSTM from single operations, for cells other than the fused one. */
import { add, mul, sigmoid, split, tanh, type Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors.js';

export interface GatedCell {
  /** f c' + i g, [rows, hidden] */
  readonly c: Tensor;
  /** What lets the new cell out, [rows, hidden]. */
  readonly o: Tensor;
}

/**
 * @param gates i, f, g, o before their functions, [rows, 4 hidden]
 * @param before c', [rows, hidden]
 * @param candidateMask of g, [rows, hidden], or null (recurrent dropout, Semeniuta et al. 2016, eq. 11)
 */
export function gatedCell(gates: Tensor, before: Tensor, candidateMask: Tensor | null): GatedCell {
  const [i, f, g, o] = split<Tensor>(gates, 4, 1);
  if (i === undefined || f === undefined || g === undefined || o === undefined) {
    throw new ModelInputError('The gates of an LSTM are not four.');
  }
  const candidate = tanh(g);
  const kept = candidateMask === null ? candidate : mul(candidate, candidateMask);
  return { c: add(mul(sigmoid(f), before), mul(sigmoid(i), kept)), o: sigmoid(o) };
}
