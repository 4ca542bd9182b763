/**
 * How weights start. The defaults are those of sockeye up to 1.18.10, the version behind Bazzani et al.
 * 2018: Xavier uniform with factor "in" and magnitude 2.34, biases 0, recurrent matrices orthogonal
 * times 1.414; `model.init` chooses others.
 */
import type { OutputSpec } from '@capgrid/contracts';
import type { Rng } from './rng.js';

export interface Initialiser {
  (rng: Rng, size: number): Float32Array;
  /** Of a matrix that starts as `model.init` says; absent where a weight has a start of its own. */
  readonly fanIn?: number;
  /** Beside `fanIn`; the numbers over `fanIn` if absent, the units of a whole matrix. */
  readonly fanOut?: number;
  /** A matrix with a start of its own, for which `model.init` only says whether it is `uniform`. */
  readonly isOwnMatrix?: true;
}

export const zeros: Initialiser = (_rng, size) => new Float32Array(size);
export const ones: Initialiser = (_rng, size) => new Float32Array(size).fill(1);

function uniform(bound: number): Initialiser {
  return (rng, size) => Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * bound);
}

/**
 * ±sqrt(2.34 / fanIn), unless `model.init` says otherwise. `fanOut`: of what is no whole matrix of
 * `fanIn` numbers for each unit, such as kernels, whose width multiplies both as in MXNet, and several
 * matrices side by side.
 */
export function xavierIn(fanIn: number, fanOut?: number): Initialiser {
  const start = uniform(Math.sqrt(2.34 / fanIn));
  return Object.assign(start, fanOut === undefined ? { fanIn } : { fanIn, fanOut });
}

/**
 * The start of a weight of `size` numbers as `init` wants it: Xavier for what is planned as `xavierIn`,
 * uniform for every matrix, as one initialiser of im2txt covers all.
 */
export function startAs(init: OutputSpec['init'], start: Initialiser, size: number): Initialiser {
  const { fanIn, fanOut, isOwnMatrix } = start;
  switch (init) {
    case 'xavier-in':
      return start;
    case 'xavier-average':
      return fanIn === undefined
        ? start
        : uniform(Math.sqrt(6 / (fanIn + (fanOut ?? size / fanIn))));
    case 'uniform':
      return fanIn === undefined && isOwnMatrix === undefined ? start : uniform(0.08);
  }
}

/** ±sqrt(6 / (fanIn + fanOut)): the image projection, whichever Xavier the other weights use. */
export function xavierAverage(fanIn: number, fanOut: number): Initialiser {
  return ownMatrix(uniform(Math.sqrt(6 / (fanIn + fanOut))));
}

/** ±sqrt(6 / fanIn): He et al. 2015, for layers followed by ReLU. */
export function heUniform(fanIn: number): Initialiser {
  return uniform(Math.sqrt(6 / fanIn));
}

/**
 * `rows` orthonormal rows of length `columns` (rows <= columns) times 1.414. MXNet takes them from
 * an SVD of uniform noise; Gram-Schmidt on normal noise has the uniform distribution over such
 * matrices that the SVD approximates.
 */
export function orthogonalRows(rows: number, columns: number): Initialiser {
  return ownMatrix((rng) => {
    const basis: Float64Array[] = [];
    for (let r = 0; r < rows; r += 1) basis.push(nextDirection(rng, columns, basis));
    const out = new Float32Array(rows * columns);
    for (const [r, row] of basis.entries())
      out.set(
        row.map((x) => x * 1.414),
        r * columns,
      );
    return out;
  });
}

function ownMatrix(start: Initialiser): Initialiser {
  return Object.assign(start, { isOwnMatrix: true as const });
}

function nextDirection(rng: Rng, length: number, basis: readonly Float64Array[]): Float64Array {
  const row = Float64Array.from({ length }, () => rng.normal());
  for (const earlier of basis) {
    const overlap = inner(row, earlier);
    for (let i = 0; i < length; i += 1) row[i] = (row[i] ?? 0) - overlap * (earlier[i] ?? 0);
  }
  const norm = Math.sqrt(inner(row, row));
  return row.map((x) => x / norm);
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
