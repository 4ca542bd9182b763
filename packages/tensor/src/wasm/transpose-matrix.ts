/** Blocked transpose of one row-major matrix inside larger arrays. */

/** Floats per block side: 16 x 4 bytes is one cache line. */
const BLOCK = 16;

/** Writes the transpose of the [rows, columns] matrix at `offset` of `from` to `offset` of `to`. */
export function transposeInto(
  from: Float32Array,
  to: Float32Array,
  offset: number,
  rows: number,
  columns: number,
): void {
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows);
    for (let leftmost = 0; leftmost < columns; leftmost += BLOCK) {
      const rightmost = Math.min(leftmost + BLOCK, columns);
      for (let column = leftmost; column < rightmost; column += 1) {
        const target = offset + column * rows;
        for (let row = top; row < bottom; row += 1) {
          to[target + row] = from[offset + row * columns + column] ?? 0;
        }
      }
    }
  }
}
