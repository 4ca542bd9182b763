/** Comparisons stand in line for the one thread; those that nobody waits for any more leave it. */
import { ProblemError } from '../problems/problem-error.js';
import type { ComparedPredictions } from './compare-predictions.js';

/** Running or waiting. Each takes up to a minute, and a browser waits no longer than some of them. */
const MOST_IN_LINE = 8;

type Place = {
  readonly answer: Promise<ComparedPredictions>;
  readonly stop: AbortController;
  askers: number;
};

export class ComparisonLine {
  private readonly places = new Map<string, Place>();
  /** One at a time: each takes a core and the memory of its captions. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Askers with the same key share one computation, which is stopped when the last of them has gone.
   *
   * @param gone the asker no longer waits
   * @throws ProblemError where the line is too long, and all that `compute` throws
   */
  async ask(
    key: string,
    gone: AbortSignal,
    compute: (stop: AbortSignal) => Promise<ComparedPredictions>,
  ): Promise<ComparedPredictions> {
    const place = this.places.get(key) ?? this.lineUp(key, compute);
    place.askers += 1;
    try {
      return await Promise.race([place.answer, whenGone(gone)]);
    } finally {
      place.askers -= 1;
      if (place.askers === 0) this.leave(key, place);
    }
  }

  /** Stops the one that runs and all that wait. */
  close(): void {
    for (const [key, place] of this.places) this.leave(key, place);
  }

  private lineUp(key: string, compute: (stop: AbortSignal) => Promise<ComparedPredictions>): Place {
    if (this.places.size >= MOST_IN_LINE) {
      throw new ProblemError(
        429,
        'too-many-comparisons',
        `${MOST_IN_LINE} comparisons are computed or wait to be; ask again in a minute.`,
      );
    }
    const stop = new AbortController();
    const answer = this.last.then(() => {
      if (stop.signal.aborted) throw abandoned();
      return compute(stop.signal);
    });
    // A failure is the answer to whoever asked; the next one in line runs all the same.
    this.last = answer.catch(() => {});
    const place = { answer, stop, askers: 0 };
    this.places.set(key, place);
    return place;
  }

  private leave(key: string, place: Place): void {
    place.stop.abort();
    if (this.places.get(key) === place) this.places.delete(key);
  }
}

function whenGone(gone: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (gone.aborted) reject(abandoned());
    else gone.addEventListener('abort', () => reject(abandoned()), { once: true });
  });
}

/** Not a failure to log: whoever asked reads no answer. 499 is what proxies call it. */
function abandoned(): ProblemError {
  return new ProblemError(499, 'comparison-abandoned', 'Nobody waits for the comparison any more.');
}
