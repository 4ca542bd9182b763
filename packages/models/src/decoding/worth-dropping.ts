/** When rows of captions that have ended are dropped: it costs a gather of all states. */

/** Rows that have ended are dropped when this share of the rows, or less, still runs. */
const MOST_RUNNING = 0.75;

/** `running` of the `held` rows (or images, of equally many rows) still run. */
export function isWorthDropping(running: number, held: number): boolean {
  return running <= MOST_RUNNING * held;
}
