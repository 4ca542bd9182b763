/** Follows a sweep until it ends, showing how far it is. */
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError, callApi, routes, type ApiClient, type Sweep } from '@capgrid/contracts';
import { CliError } from '../cli-error.js';
import type { Terminal } from '../terminal.js';
import { progressLine, progressLines } from './progress-lines.js';

const POLL_MS = 500;
/** Without a terminal: a line this often, and whenever a trial ends. */
const LINE_EVERY_MS = 10_000;
/** An API that was killed is started again within seconds. */
const SILENCE_MS = 180_000;

export interface WatchOptions {
  client: ApiClient;
  sweepId: string;
  terminal: Terminal;
  hasUnicode: boolean;
  signal: AbortSignal;
  /** What becomes of the sweep when the watching is interrupted. */
  interruptedMessage: string;
}

/** @throws CliError `interrupted` when the signal is aborted; the sweep goes on */
export async function watchSweep(options: WatchOptions): Promise<Sweep> {
  const { client, sweepId, signal, interruptedMessage } = options;
  const show = createDisplay(options);
  let lastAnswer = Date.now();
  for (;;) {
    try {
      const sweep = await callApi(client, routes.getSweep, { params: { sweepId }, signal });
      lastAnswer = Date.now();
      show(sweep);
      if (sweep.progress.status !== 'running') return sweep;
      await wait(POLL_MS, undefined, { signal });
    } catch (cause) {
      if (signal.aborted) {
        throw new CliError('interrupted', interruptedMessage, { cause });
      }
      const isSilent = cause instanceof ApiError && (cause.status === null || cause.status >= 500);
      if (!isSilent || Date.now() - lastAnswer > SILENCE_MS) throw cause;
      await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function createDisplay({ terminal, hasUnicode }: WatchOptions): (sweep: Sweep) => void {
  let shownDone = -1;
  let shownAt = 0;
  return ({ progress }) => {
    const isRunning = progress.status === 'running';
    if (terminal.isLive) {
      terminal.redraw(isRunning ? progressLines(progress, hasUnicode) : []);
      return;
    }
    const { finished, failed, cancelled } = progress.trials;
    const done = finished + failed + cancelled;
    if (done === shownDone && Date.now() - shownAt < LINE_EVERY_MS) return;
    shownDone = done;
    shownAt = Date.now();
    terminal.tell(progressLine(progress));
  };
}
