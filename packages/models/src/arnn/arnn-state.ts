/** The state of the ARNN between two words, as it computes with it and as a record of row tensors. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RowTensors } from '../captioner/captioner.js';
import { ModelInputError } from '../errors.js';
import type { CellState } from '../recurrent/recurrent-layer.js';

export interface ArnnState {
  /** Of each layer. */
  readonly layers: readonly CellState[];
  /** [rows, hidden]: the attentional vector of the previous word; null without input feeding. */
  readonly hbar: Tensor | null;
  /** What attention remembers. */
  readonly attention: RowTensors;
}

export function toRows({ layers, hbar, attention }: ArnnState): RowTensors {
  const cells = layers.flatMap(({ h, c }, layer): [string, Tensor | null][] => [
    [`h${layer + 1}`, h],
    [`c${layer + 1}`, c],
  ]);
  return { ...Object.fromEntries(cells), hbar, ...attention };
}

/** Back from `toRows`. */
export function fromRows(rows: RowTensors, layers: number): ArnnState {
  const { hbar = null, ...others } = rows;
  const cells = Array.from({ length: layers }, (_, layer) => {
    const [h = null, c = null] = [others[`h${layer + 1}`], others[`c${layer + 1}`]];
    if (h === null) throw new ModelInputError(`Layer ${layer + 1} has no state.`);
    return { h, c };
  });
  // Attention picks what is its own by name.
  return { layers: cells, hbar, attention: others };
}
