/** Hypotheses on the engine at once; more cost memory and save little time. */
const ROWS_AT_ONCE = 192;

/** Images whose captions are written in one batch, one at least. */
export function imagesAtOnce(rowsPerImage: number): number {
  return Math.max(1, Math.floor(ROWS_AT_ONCE / rowsPerImage));
}
