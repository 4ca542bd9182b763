/** How the matrix from the state of a cell to its gates starts. */
import type { ArnnSpec } from '@capgrid/contracts';
import { orthogonalRows, type Initialiser } from '../initialisers.js';

export type RecurrentStart = Pick<ArnnSpec, 'forgetBias' | 'recurrentInit'>;

export const USUAL_START: RecurrentStart = { forgetBias: 0, recurrentInit: 'orthogonal' };

/** Of a matrix [hidden, gates * hidden]. */
export function startOfState(
  kind: RecurrentStart['recurrentInit'],
  hidden: number,
  columns: number,
): Initialiser {
  return kind === 'orthogonal' ? orthogonalRows(hidden, columns) : identities(hidden, columns);
}

/** An identity for each gate: sockeye's orthogonal_stacked, whose scale is 1. */
function identities(hidden: number, columns: number): Initialiser {
  const start = (): Float32Array =>
    Float32Array.from({ length: hidden * columns }, (_, i) =>
      (i % columns) % hidden === Math.floor(i / columns) ? 1 : 0,
    );
  return Object.assign(start, { isOwnMatrix: true as const });
}
