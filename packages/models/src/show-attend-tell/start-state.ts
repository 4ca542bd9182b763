/** h_0 and c_0 from the mean of an image's regions (Xu et al. 2015, section 3.1.2). */
import { add, matMul, relu, tanh, type Tensor } from '@tensorflow/tfjs-core';
import type { ShowAttendTellSpec } from '@capgrid/contracts';
import { dropped } from '../captioner/noise.js';
import { weightOf, type Weights } from '../parameters.js';
import type { LstmState } from '../recurrent/lstm.js';

/** `mean`, `dropoutMask` (of `mlp`, or null): [images, width of a region]. */
export function startState(
  { startState: kind }: ShowAttendTellSpec,
  weights: Weights,
  mean: Tensor,
  dropoutMask: Tensor | null,
): LstmState {
  const layer = (name: string, x: Tensor): Tensor =>
    add(matMul(x, weightOf(weights, `start.${name}`)), weightOf(weights, `start.${name}Bias`));
  if (kind === 'linear') return { h: layer('h', mean), c: layer('c', mean) };
  if (kind === 'tanh') return { h: tanh(layer('h', mean)), c: tanh(layer('c', mean)) };
  const inner = relu(layer('hidden', mean));
  const kept = dropped(inner, dropoutMask);
  return { h: tanh(layer('h', kept)), c: tanh(layer('c', kept)) };
}
