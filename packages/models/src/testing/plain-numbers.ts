/** Vectors and matrices of plain numbers, for tests that compute equations a second time by loops. */

export type Vector = readonly number[];
/** A list of rows. */
export type Matrix = readonly Vector[];

export function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);
}

/** x W; also the sum of the rows of W weighted by x. */
export function times(x: Vector, w: Matrix): Vector {
  if (x.length !== w.length) throw new Error(`${x.length} numbers for ${w.length} rows`);
  return (w[0] ?? []).map((_, j) =>
    x.reduce((sum, y, i) => sum + y * (w[i]?.[j] ?? Number.NaN), 0),
  );
}

export function plus(...xs: readonly Vector[]): Vector {
  const [first = []] = xs;
  if (xs.some((x) => x.length !== first.length)) throw new Error('vectors of different lengths');
  return first.map((_, i) => xs.reduce((sum, x) => sum + (x[i] ?? Number.NaN), 0));
}

/** Element by element. */
export function product(a: Vector, b: Vector): Vector {
  if (a.length !== b.length) throw new Error('vectors of different lengths');
  return a.map((x, i) => x * (b[i] ?? Number.NaN));
}

export function scaled(x: Vector, by: number): Vector {
  return x.map((value) => value * by);
}

export function zeros(length: number): Vector {
  return Array.from({ length }, () => 0);
}

/** `count` parts of equal length. */
export function parts(x: Vector, count: number): Vector[] {
  const length = x.length / count;
  return Array.from({ length: count }, (_, i) => x.slice(i * length, (i + 1) * length));
}

/** The mean row. */
export function meanOf(rows: Matrix): Vector {
  return scaled(plus(...rows), 1 / rows.length);
}

export function relu(x: Vector): Vector {
  return x.map((value) => Math.max(0, value));
}

export function tanh(x: Vector): Vector {
  return x.map(Math.tanh);
}

/** (x - mean) / sqrt(variance + 1e-6), times gamma, plus beta. */
export function layerNorm(x: Vector, gamma: Vector, beta: Vector): Vector {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const centred = x.map((value) => value - mean);
  const unit = scaled(centred, 1 / Math.sqrt(dot(centred, centred) / x.length + 1e-6));
  return plus(product(gamma, unit), beta);
}

export function sigmoid(x: Vector): Vector {
  return x.map((value) => 1 / (1 + Math.exp(-value)));
}

export function softmax(scores: Vector): Vector {
  const powers = scores.map(Math.exp);
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / total);
}
