/** GRU cell: all gates of one step in one operation. */
import {
  add,
  mul,
  sigmoid,
  split,
  sub,
  tanh,
  type GradConfig,
  type NamedTensorInfoMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectTensor } from './expect-tensor.js';
import { ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/**
 * Kernel: `GruCellInputs` -> [hNext, workspace]. workspace [rows, 5 hidden] holds r, z, n, h and the
 * n block of hiddenGates. No attributes.
 */
export const GruCell = 'GruCell';
export type GruCellInputs = Pick<NamedTensorInfoMap, 'inputGates' | 'hiddenGates' | 'h'>;

/** Kernel: `GruCellGradInputs` -> [dInputGates, dHiddenGates, dh]. */
export const GruCellGrad = 'GruCellGrad';
export type GruCellGradInputs = Pick<NamedTensorInfoMap, 'dhNext' | 'workspace'>;

/**
 * One step of a GRU (Cho et al. 2014, eq. 5-8) in cuDNN's form, where the reset gate multiplies the
 * product instead of the state: r, z = sigmoid of the first two blocks of `inputGates +
 * hiddenGates`, n = tanh(x_n + r h_n), h' = (1 - z) n + z h.
 *
 * @param inputGates float32 [rows, 3 hidden]: x W_x + b_x, blocks r, z, n.
 * @param hiddenGates float32 [rows, 3 hidden]: h W_h + b_h, blocks r, z, n.
 * @param h float32 [rows, hidden]: the state before the step.
 * @returns h', [rows, hidden].
 * @throws OpInputError where a dtype or shape differs.
 */
export function gruCell(inputGates: Tensor, hiddenGates: Tensor, h: Tensor): Tensor {
  const [rows = 0, hidden = 0] = expectTensor('gruCell', 'h', h, 'float32', ['rows', 'hidden']);
  expectTensor('gruCell', 'inputGates', inputGates, 'float32', [rows, 3 * hidden]);
  expectTensor('gruCell', 'hiddenGates', hiddenGates, 'float32', [rows, 3 * hidden]);
  if (!hasKernel(GruCell)) return gruCellComposed(inputGates, hiddenGates, h);
  return pick(runKernel(GruCell, { inputGates, hiddenGates, h }, {}, 2), 0);
}

/** `gruCell` from tfjs-core's operations, without the checks. */
export function gruCellComposed(inputGates: Tensor, hiddenGates: Tensor, h: Tensor): Tensor {
  const x = split<Tensor>(inputGates, 3, 1);
  const u = split<Tensor>(hiddenGates, 3, 1);
  const r = sigmoid(add(pick(x, 0), pick(u, 0)));
  const z = sigmoid(add(pick(x, 1), pick(u, 1)));
  const n = tanh(add(pick(x, 2), mul(r, pick(u, 2))));
  // (1 - z) n + z h = n + z (h - n)
  return add(n, mul(z, sub(h, n)));
}

export const gruCellGradient: GradConfig = {
  kernelName: GruCell,
  outputsToSave: [false, true],
  gradFunc: ofSeveral((dys, saved) => {
    const inputs = { dhNext: pick(dys, 0), workspace: pick(saved, 0) };
    const results = runKernel(GruCellGrad, inputs, {}, 3);
    return { inputGates: pick(results, 0), hiddenGates: pick(results, 1), h: pick(results, 2) };
  }),
};
