/**
 * The inner loop of all resampling: sums of columns, each image weighted by how often a resample
 * draws it. Four resamples go through the columns at a time, which reads a column once for four sums
 * and keeps four independent additions in flight.
 */
const LANES = 4;

/** Images per tile: the tile's weights (16 KiB) stay in the first-level cache for all columns. */
const TILE = 512;

/** Columns of one metric: [width, images], column by column. */
export interface ColumnMatrix {
  readonly width: number;
  readonly columns: Float64Array;
}

export interface ResamplingPlan {
  readonly images: number;
  readonly resamples: number;
  /** Writes the weight of image i to `weights[i * stride + lane]`; they are 0 before. */
  readonly draw: (weights: Float64Array, stride: number, lane: number) => void;
}

/**
 * Calls `visit` for each resample in order with one vector of sums per matrix. The vectors are
 * overwritten by the next call. `draw` is called once per resample, in order.
 */
export function forEachResample(
  matrices: readonly ColumnMatrix[],
  { images, resamples, draw }: ResamplingPlan,
  visit: (resample: number, sums: readonly Float64Array[]) => void,
): void {
  const weights = new Float64Array(images * LANES);
  const laneSums = matrices.map(({ width }) => new Float64Array(width * LANES));
  const sums = matrices.map(({ width }) => new Float64Array(width));
  for (let first = 0; first < resamples; first += LANES) {
    const lanes = Math.min(LANES, resamples - first);
    weights.fill(0);
    for (let lane = 0; lane < lanes; lane += 1) draw(weights, LANES, lane);
    for (const ofMatrix of laneSums) ofMatrix.fill(0);
    for (let start = 0; start < images; start += TILE) {
      const end = Math.min(start + TILE, images);
      for (const [index, { width, columns }] of matrices.entries()) {
        const target = laneSums[index];
        if (target === undefined) continue;
        for (let column = 0; column < width; column += 1) {
          addTile(columns, column * images, weights, start, end, target, column * LANES);
        }
      }
    }
    for (let lane = 0; lane < lanes; lane += 1) {
      for (const [index, target] of sums.entries()) {
        const source = laneSums[index];
        for (let column = 0; column < target.length; column += 1) {
          target[column] = source?.[column * LANES + lane] ?? NaN;
        }
      }
      visit(first + lane, sums);
    }
  }
}

/** Adds images start..end of the column at `offset` to four sums. */
function addTile(
  columns: Float64Array,
  offset: number,
  weights: Float64Array,
  start: number,
  end: number,
  target: Float64Array,
  at: number,
): void {
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (let image = start, w = start * LANES; image < end; image += 1, w += LANES) {
    const value = columns[offset + image] ?? 0;
    sum0 += value * (weights[w] ?? 0);
    sum1 += value * (weights[w + 1] ?? 0);
    sum2 += value * (weights[w + 2] ?? 0);
    sum3 += value * (weights[w + 3] ?? 0);
  }
  target[at] = (target[at] ?? 0) + sum0;
  target[at + 1] = (target[at + 1] ?? 0) + sum1;
  target[at + 2] = (target[at + 2] ?? 0) + sum2;
  target[at + 3] = (target[at + 3] ?? 0) + sum3;
}
