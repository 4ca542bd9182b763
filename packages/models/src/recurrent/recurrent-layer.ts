/** The recurrent layers by the name of their cell. */
import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { ArnnSpec } from '@capgrid/contracts';
import type { ParameterPlan, Weights } from '../parameters.js';
import { GruRecurrence, gruParameters } from './gru.js';
import { LayerNormGruRecurrence, layerNormGruParameters } from './layer-norm-gru.js';
import { LayerNormLstmRecurrence, layerNormLstmParameters } from './layer-norm-lstm.js';
import { LstmLayer, lstmParameters } from './lstm.js';
import type { RecurrentStart } from './recurrent-start.js';

export type CellKind = ArnnSpec['cell'];

export interface CellState {
  readonly h: Tensor; // [rows, hidden]
  /** [rows, hidden]; null in a GRU. */
  readonly c: Tensor | null;
}

/** The input of a layer, in the order of the rows of its input matrix. */
export interface LayerInput {
  /** Widths of the parts that are known before the sequence runs, such as the words. */
  readonly known: readonly number[];
  /** Width of what only the previous step or the layer below can give; 0 for none. */
  readonly inner: number;
}

/** What a recurrent layer computes at each word. In training one object serves one sequence. */
export interface RecurrentLayer {
  /** [width, gates] for each known part of the input. */
  readonly known: readonly Tensor[];
  /** [gates], to be added to what the known parts give; null for nothing. */
  readonly knownBias: Tensor | null;
  /**
   * @param known [rows, gates], the sum of what `known` and `knownBias` give; null where no part is known
   * @param inner [rows, inner] or null
   * @param candidateMask dropout of the candidate g, [rows, hidden]; null or absent: none. Not in a GRU.
   */
  step(
    known: Tensor | null,
    inner: Tensor | null,
    state: CellState,
    candidateMask?: Tensor | null,
  ): CellState;
}

/** Gates have one block of columns each: i, f, g, o of an LSTM; r, z, n of a GRU. */
export function recurrentParameters(
  cell: CellKind,
  name: string,
  input: LayerInput,
  hidden: number,
  start: RecurrentStart,
): ParameterPlan[] {
  const width = input.known.reduce((sum, part) => sum + part, input.inner);
  switch (cell) {
    case 'lstm':
      return lstmParameters(name, width, hidden, start);
    case 'gru':
      return gruParameters(name, width, hidden, start);
    case 'layer-norm-lstm':
      return layerNormLstmParameters(name, width, hidden, start);
    case 'layer-norm-gru':
      return layerNormGruParameters(name, width, hidden, start);
  }
}

export function createRecurrentLayer(
  cell: CellKind,
  weights: Weights,
  name: string,
  input: LayerInput,
): RecurrentLayer {
  switch (cell) {
    case 'lstm':
      return new LstmLayer(weights, name, input);
    case 'gru':
      return new GruRecurrence(weights, name, input);
    case 'layer-norm-lstm':
      return new LayerNormLstmRecurrence(weights, name, input);
    case 'layer-norm-gru':
      return new LayerNormGruRecurrence(weights, name, input);
  }
}

/** Three gates and a state without a cell. */
export function isGru(cell: CellKind): boolean {
  return cell === 'gru' || cell === 'layer-norm-gru';
}

/** Names of the tensors in a cell's state. */
export function stateParts(cell: CellKind): readonly ('h' | 'c')[] {
  return isGru(cell) ? ['h'] : ['h', 'c'];
}

export function zeroCellState(cell: CellKind, rows: number, hidden: number): CellState {
  const nothing = (): Tensor => zeros([rows, hidden]);
  return { h: nothing(), c: isGru(cell) ? null : nothing() };
}
