/** LSTM cell: all gates of one step in one operation. */
import {
  add,
  mul,
  sigmoid,
  split,
  tanh,
  type GradConfig,
  type NamedTensorInfoMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { expectTensor } from './expect-tensor.js';
import { ofSeveral, pick } from './gradients/saved.js';
import { hasKernel, runKernel } from './kernels.js';

/** Kernel: `LstmCellInputs` -> [h, cNext, activations]. No attributes. */
export const LstmCell = 'LstmCell';
export type LstmCellInputs = Pick<NamedTensorInfoMap, 'inputGates' | 'hiddenGates' | 'c'>;

/** Kernel: `LstmCellGradInputs` -> [dGates, dc]; both gate inputs have the gradient dGates. */
export const LstmCellGrad = 'LstmCellGrad';
export type LstmCellGradInputs = Pick<
  NamedTensorInfoMap,
  'dh' | 'dcNext' | 'c' | 'cNext' | 'activations'
>;

export interface LstmState {
  readonly h: Tensor; // [rows, hidden]
  readonly c: Tensor; // [rows, hidden]
}

/**
 * One step of an LSTM without peepholes (Hochreiter & Schmidhuber 1997; forget gate of Gers et al.
 * 2000): i, f, o = sigmoid, g = tanh of the four blocks of `inputGates + hiddenGates`, in the order
 * i, f, g, o; c' = f c + i g; h' = o tanh(c').
 *
 * @param inputGates float32 [rows, 4 hidden]: x W_x + b, biases inside.
 * @param hiddenGates float32 [rows, 4 hidden]: h W_h.
 * @param c float32 [rows, hidden]: the cell's state before the step.
 * @throws OpInputError where a dtype or shape differs.
 */
export function lstmCell(inputGates: Tensor, hiddenGates: Tensor, c: Tensor): LstmState {
  const [rows = 0, hidden = 0] = expectTensor('lstmCell', 'c', c, 'float32', ['rows', 'hidden']);
  expectTensor('lstmCell', 'inputGates', inputGates, 'float32', [rows, 4 * hidden]);
  expectTensor('lstmCell', 'hiddenGates', hiddenGates, 'float32', [rows, 4 * hidden]);
  if (!hasKernel(LstmCell)) return lstmCellComposed(inputGates, hiddenGates, c);
  const results = runKernel(LstmCell, { inputGates, hiddenGates, c }, {}, 3);
  return { h: pick(results, 0), c: pick(results, 1) };
}

/** `lstmCell` from tfjs-core's operations, without the checks. */
export function lstmCellComposed(inputGates: Tensor, hiddenGates: Tensor, c: Tensor): LstmState {
  const gates = split<Tensor>(add(inputGates, hiddenGates), 4, 1);
  const [i, f] = [sigmoid(pick(gates, 0)), sigmoid(pick(gates, 1))];
  const [g, o] = [tanh(pick(gates, 2)), sigmoid(pick(gates, 3))];
  const next = add(mul(f, c), mul(i, g));
  return { h: mul(o, tanh(next)), c: next };
}

export const lstmCellGradient: GradConfig = {
  kernelName: LstmCell,
  inputsToSave: ['c'],
  outputsToSave: [false, true, true],
  gradFunc: ofSeveral((dys, saved) => {
    const [c, cNext, activations] = [pick(saved, 0), pick(saved, 1), pick(saved, 2)];
    const inputs = { dh: pick(dys, 0), dcNext: pick(dys, 1), c, cNext, activations };
    const results = runKernel(LstmCellGrad, inputs, {}, 2);
    const dGates = pick(results, 0);
    return { inputGates: dGates, hiddenGates: dGates, c: pick(results, 1) };
  }),
};
