/** Weight normalisation in plain numbers (Salimans & Kingma 2016, eq. 2): w = g v / |v| for each unit. */
import type { PlainModel } from './expect-equations.js';
import { dot, scaled, type Matrix, type Vector } from './plain-numbers.js';

/** The model with these matrices, `NAME.weight` with `NAME.scale`, normalised: a row is a unit. */
export function withUnitRows(plain: PlainModel, names: readonly string[]): PlainModel {
  return withMatrices(plain, names, (name) => {
    const scale = plain.vector(`${name.replace(/\.weight$/, '')}.scale`);
    return unitRows(plain.matrix(name), scale);
  });
}

/** The model with these matrices, [in, out], normalised as by `weightNorm: all`: a column is a unit. */
export function withUnitColumns(plain: PlainModel, names: readonly string[]): PlainModel {
  return withMatrices(plain, names, (name) =>
    transposed(unitRows(transposed(plain.matrix(name)), plain.vector(`${name}.unitScale`))),
  );
}

/** g v / |v| for each row v. */
export function unitRows(matrix: Matrix, scale: Vector): Matrix {
  return matrix.map((row, i) => scaled(row, (scale[i] ?? Number.NaN) / Math.sqrt(dot(row, row))));
}

function withMatrices(
  plain: PlainModel,
  names: readonly string[],
  of: (name: string) => Matrix,
): PlainModel {
  return {
    ...plain,
    matrix: (name) => (names.includes(name) ? of(name) : plain.matrix(name)),
  };
}

function transposed(matrix: Matrix): Matrix {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column] ?? Number.NaN));
}
