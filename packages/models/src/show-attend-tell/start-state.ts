/** h_0 and c_0 from the mean of an image's regions (Xu et al. 2015, section 3.1.2). */
import { add, matMul, relu, tanh, type Tensor } from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import { dropped } from '../captioner/noise.js';
import type { ByRow } from '../captioner/rows.js';
import { weightOf, type Weights } from '../parameters.js';
import type { LstmState } from '../recurrent/lstm.js';

/**
 * @param mean [images, width of a region]
 * @param dropoutMask of `mlp`, [rows, width of a region], or null
 */
export function startState(
  { startState: kind }: ShowAttendTellSpec,
  weights: Weights,
  mean: Tensor,
  dropoutMask: Tensor | null,
  byRow: ByRow,
): LstmState {
  const layer = (name: string, x: Tensor): Tensor =>
    add(matMul(x, weightOf(weights, `start.${name}`)), weightOf(weights, `start.${name}Bias`));
  if (kind === 'linear') return { h: byRow(layer('h', mean)), c: byRow(layer('c', mean)) };
  const squashed = (x: Tensor): LstmState => ({ h: tanh(layer('h', x)), c: tanh(layer('c', x)) });
  const inner = kind === 'mlp' ? relu(layer('hidden', mean)) : mean;
  // Captions of one image have masks of their own.
  if (dropoutMask !== null) return squashed(dropped(byRow(inner), dropoutMask));
  const { h, c } = squashed(inner);
  return { h: byRow(h), c: byRow(c) };
}
