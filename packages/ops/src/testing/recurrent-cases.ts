/** LSTM and GRU cells against plain loops. */
import { gruCell, gruCellComposed } from '../gru-cell.js';
import { lstmCell, lstmCellComposed } from '../lstm-cell.js';
import { at, float, indices, logistic, type OpCase } from './op-case.js';

const ROWS = 3;
const HIDDEN = 5;

export const lstmCellCase: OpCase = {
  name: 'three rows',
  inputs: {
    inputGates: float([ROWS, 4 * HIDDEN], 1, 2),
    hiddenGates: float([ROWS, 4 * HIDDEN], 2),
    c: float([ROWS, HIDDEN], 3),
  },
  op: (t) => {
    const state = lstmCell(t('inputGates'), t('hiddenGates'), t('c'));
    return [state.h, state.c];
  },
  composed: (t) => {
    const state = lstmCellComposed(t('inputGates'), t('hiddenGates'), t('c'));
    return [state.h, state.c];
  },
  reference: (v) => {
    const [inputGates, hiddenGates, c] = [v('inputGates'), v('hiddenGates'), v('c')];
    const gate = (row: number, block: number, unit: number): number => {
      const i = row * 4 * HIDDEN + block * HIDDEN + unit;
      return at(inputGates, i) + at(hiddenGates, i);
    };
    const cells = indices(ROWS * HIDDEN).map((k) => {
      const [row, unit] = [Math.floor(k / HIDDEN), k % HIDDEN];
      const forgotten = logistic(gate(row, 1, unit)) * at(c, k);
      return forgotten + logistic(gate(row, 0, unit)) * Math.tanh(gate(row, 2, unit));
    });
    const h = cells.map(
      (cell, k) => logistic(gate(Math.floor(k / HIDDEN), 3, k % HIDDEN)) * Math.tanh(cell),
    );
    return [h, cells];
  },
  differentiable: 2,
};

export const gruCellCase: OpCase = {
  name: 'three rows',
  inputs: {
    inputGates: float([ROWS, 3 * HIDDEN], 4, 2),
    hiddenGates: float([ROWS, 3 * HIDDEN], 5),
    h: float([ROWS, HIDDEN], 6),
  },
  op: (t) => [gruCell(t('inputGates'), t('hiddenGates'), t('h'))],
  composed: (t) => [gruCellComposed(t('inputGates'), t('hiddenGates'), t('h'))],
  reference: (v) => {
    const [inputGates, hiddenGates, h] = [v('inputGates'), v('hiddenGates'), v('h')];
    const next = indices(ROWS * HIDDEN).map((k) => {
      const [row, unit] = [Math.floor(k / HIDDEN), k % HIDDEN];
      const i = (block: number): number => row * 3 * HIDDEN + block * HIDDEN + unit;
      const r = logistic(at(inputGates, i(0)) + at(hiddenGates, i(0)));
      const z = logistic(at(inputGates, i(1)) + at(hiddenGates, i(1)));
      const n = Math.tanh(at(inputGates, i(2)) + r * at(hiddenGates, i(2)));
      return (1 - z) * n + z * at(h, k);
    });
    return [next];
  },
  differentiable: 1,
};
