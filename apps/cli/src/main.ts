/** `capgrid`: reads the command line and runs one command. */
import { ApiError } from '@capgrid/contracts';
import { CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import { describeRefusal, isBadRequest } from './describe-refusal.js';
import { readEnv, ROOT } from './env.js';
import { createProgram } from './program.js';
import { printableLines } from './table/printable.js';
import { openTerminal } from './terminal.js';

const USAGE = 2;
/** 128 + SIGINT. */
const INTERRUPTED = 130;

// A reader that has seen enough (`capgrid … | head`) is no error; a full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`capgrid: the output could not be written: ${error.message}\n`);
  process.exit(1);
});
process.stderr.on('error', () => undefined);

const read = readEnv();
if ('problems' in read) {
  for (const problem of read.problems) process.stderr.write(`capgrid: ${problem}\n`);
  process.exitCode = USAGE;
} else {
  const { stdout, stderr } = process;
  const terminal = openTerminal({ stdout, stderr, wantsColour: read.env.wantsColour });
  const finish = (exitCode: number) => {
    process.exitCode = exitCode;
  };
  try {
    const context = { env: read.env, root: ROOT, terminal, finish };
    const program = await createProgram(context, process.argv[2]);
    await program.parseAsync();
  } catch (cause) {
    process.exitCode = await explain(cause, (text) => terminal.tell(printableLines(text)));
  }
}

/** Tells an expected error by its message and anything else with its stack. */
async function explain(cause: unknown, tell: (text: string) => void): Promise<number> {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : USAGE;
  if (cause instanceof CliError) {
    tell(`capgrid: ${cause.message}`);
    return cause.exitCode;
  }
  // Large parts that most commands do without.
  const { DataError } = await import('@capgrid/data');
  const { PostgresError } = await import('@capgrid/postgres');
  const isInterruption =
    cause instanceof DataError
      ? cause.code === 'import-aborted'
      : cause instanceof Error && cause.name === 'AbortError';
  if (isInterruption) {
    tell('capgrid: interrupted');
    return INTERRUPTED;
  }
  if (cause instanceof ApiError) {
    tell(`capgrid: ${describeRefusal(cause)}`);
    return isBadRequest(cause) ? USAGE : 1;
  }
  const isExpected = cause instanceof DataError || cause instanceof PostgresError;
  if (isExpected) tell(`capgrid: ${cause.message}`);
  else tell(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  return 1;
}
