/** A command of the command line, run in this process against an API of the test's. */
import type { Server } from 'node:http';
import { readEnv, ROOT } from '../env.js';
import { createProgram } from '../program.js';

export interface RunCommandOptions {
  /** Stands for the API; listens already. */
  readonly server: Server;
  /** The data folder. */
  readonly home: string;
  /** Takes the lines of stdout. */
  readonly printed: string[];
  /** Takes what is told on stderr. */
  readonly told?: string[];
}

/** Runs `capgrid NOUN ...args`. */
export async function runCommand(
  { server, home, printed, told }: RunCommandOptions,
  noun: string,
  args: readonly string[],
): Promise<void> {
  const read = readEnv();
  if ('problems' in read) throw new Error(read.problems.join());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const program = await createProgram(
    {
      env: { ...read.env, home, apiUrl: `http://127.0.0.1:${port}`, hasUnicode: false },
      root: ROOT,
      terminal: {
        print: (text) => void printed.push(text),
        tell: (text) => void told?.push(text),
        redraw: () => undefined,
        isLive: false,
        hasStyle: false,
        columns: null,
      },
      finish: () => undefined,
    },
    noun,
  );
  await program.parseAsync([noun, ...args], { from: 'user' });
}
