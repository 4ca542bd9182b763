/** The private Postgres as a part of the stack: started again when it ends. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres, type RunningPostgres } from '@capgrid/postgres';
import { logPath } from './part-plans.js';

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

export interface OwnPostgres {
  url: string;
  port: number;
  isAdopted: boolean;
  stop(): Promise<void>;
}

export async function startOwnPostgres(
  home: string,
  tell: (message: string) => void,
): Promise<OwnPostgres> {
  const options = { dataFolder: postgresFolder(home), logFile: logPath(home, 'postgres') };
  const stopping = new AbortController();
  let server = await startPostgres(options);
  const { url, port, isAdopted } = server;
  void watch();
  return {
    url,
    port,
    isAdopted,
    async stop() {
      stopping.abort();
      await server.stop();
    },
  };

  async function watch(): Promise<void> {
    for (;;) {
      await server.ended;
      if (stopping.signal.aborted) return;
      tell(`postgres ended; starting it again (log: ${options.logFile})`);
      const next = await startAgain();
      if (next === null) return;
      server = next;
    }
  }

  /** On the port that the other parts know; null when the stack is being stopped. */
  async function startAgain(): Promise<RunningPostgres | null> {
    for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      await wait(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return null;
      try {
        return await startPostgres({ ...options, port });
      } catch (cause) {
        tell(`postgres does not start: ${String(cause)}`);
      }
    }
  }
}

export function postgresFolder(home: string): string {
  return join(home, 'postgres');
}
