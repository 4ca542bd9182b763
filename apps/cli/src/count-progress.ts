/** Shows how many of a known number are done: redrawn in a terminal, a line now and then in a log. */
import type { Terminal } from './terminal.js';

const LINE_EVERY_MS = 10_000;
/** Redrawing for each of thousands of images would cost more than the images. */
const REDRAW_EVERY_MS = 100;

export function createCounter(terminal: Terminal, what: string) {
  let shownAt = Date.now();
  return ({ done, total }: { done: number; total: number }, note = '') => {
    const line = `${what}: ${done} of ${total}${note}`;
    const isLast = done === total;
    const isDue = Date.now() - shownAt >= (terminal.isLive ? REDRAW_EVERY_MS : LINE_EVERY_MS);
    if (!isDue && !isLast) return;
    shownAt = Date.now();
    if (terminal.isLive) terminal.redraw(isLast ? [] : [line]);
    else if (!isLast) terminal.tell(line);
  };
}
