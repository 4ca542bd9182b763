/** The child process that computes one task: start, messages, and how it ended. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Failure, TaskResult } from '@capgrid/contracts';
import { FromChild, type ToChild } from './child-messages.js';
import { readOomKills } from './oom-kills.js';

export type ChildEnd =
  | { type: 'result'; result: TaskResult }
  | { type: 'failure'; failure: Failure }
  | { type: 'stopped' };

type ChildReport = Exclude<FromChild, ChildEnd>;

export interface ComputeChild {
  readonly pid: number | undefined;
  /** Resolves after the process is gone and every message of it was handled; never rejects. */
  readonly end: Promise<ChildEnd>;
  /** Asks for an orderly exit, and a training for a checkpoint before it. */
  stop(): void;
  kill(): void;
}

/** Enough to see a stack trace in the failure. */
const STDERR_LINES = 20;

/** Where the operating system starts no process, the child ends at once with a failure. */
export function startChild(
  file: URL,
  start: Extract<ToChild, { type: 'start' }>,
  /** Whose work it is, for the messages about a crash. */
  trials: string,
  onReport: (report: ChildReport) => void,
): ComputeChild {
  const oomKillsBefore = readOomKills();
  let child: ChildProcess;
  try {
    child = fork(file, [], {
      // Flags of the parent (inspector ports, loaders) are not for the child.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
  } catch (cause) {
    // Of a shortage of files and processes Node tells by an event, of one of memory by this.
    const startError = cause instanceof Error ? cause : new Error(String(cause));
    const failure = crash({ code: null, signal: null, startError }, [], trials, false);
    const end = Promise.resolve<ChildEnd>({ type: 'failure', failure });
    return { pid: undefined, end, stop: () => {}, kill: () => {} };
  }
  // Listens before anything else is done: an error that nobody listens to ends the trainer.
  const exited = gone(child);
  const lines: string[] = [];
  let step: number | null = null;
  let said: ChildEnd | null = null;
  let isStopAsked = false;
  let isKilledByParent = false;

  const stderr = stderrOf(child);
  if (stderr !== null) {
    createInterface({ input: stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > STDERR_LINES) lines.shift();
    });
  }
  const kill = (): void => {
    isKilledByParent = true;
    child.kill('SIGKILL');
  };
  child.on('message', (raw) => {
    const parsed = FromChild.safeParse(raw);
    if (!parsed.success) {
      said ??= { type: 'failure', failure: unreadable(parsed.error.message) };
      kill();
    } else if (isReport(parsed.data)) {
      step = stepOf(parsed.data) ?? step;
      onReport(parsed.data);
    } else {
      said ??= parsed.data;
      // Nothing follows. The child must not close the channel itself: Node loses messages then.
      if (child.connected) child.disconnect();
    }
  });
  const tell = (message: ToChild): void => {
    // The channel may close at any moment; the end of the child says the rest.
    if (child.connected) child.send(message, () => {});
  };
  tell(start);

  return {
    pid: child.pid,
    end: exited.then((exit): ChildEnd => {
      if (said !== null) return said;
      // An unasked SIGTERM comes from a shutdown of the machine, which meant the child as well.
      if (isStopAsked || exit.signal === 'SIGTERM') return { type: 'stopped' };
      const wasOomKilled =
        exit.signal === 'SIGKILL' &&
        !isKilledByParent &&
        (readOomKills() ?? 0) > (oomKillsBefore ?? 0);
      const failure = nativeCrash(exit, lines, trials) ?? crash(exit, lines, trials, wasOomKilled);
      return { type: 'failure', failure: { ...failure, step } };
    }),
    stop: () => {
      isStopAsked = true;
      tell({ type: 'stop' });
    },
    kill,
  };
}

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  startError: Error | null;
}

/**
 * Waits for the exit, the end of the channel and the end of stderr, for messages may follow the
 * exit. (`close` does not come when the parent has closed the channel.)
 */
async function gone(child: ChildProcess): Promise<Exit> {
  const startError = new Promise<Error | null>((resolve) => {
    child.once('error', (error) => {
      // An error of a running child (a signal or a message that did not reach it) is not its end.
      if (child.pid === undefined) resolve(error);
    });
    child.once('exit', () => resolve(null));
  });
  const disconnected = child.connected ? once(child, 'disconnect') : Promise.resolve();
  const stderr = stderrOf(child);
  const closed = stderr === null ? Promise.resolve() : once(stderr, 'close');
  const error = await startError;
  if (error === null) await Promise.all([disconnected, closed]);
  return { code: child.exitCode, signal: child.signalCode, startError: error };
}

/** Undefined, against its type, where there were no descriptors left for the pipes. */
function stderrOf({ stderr }: { stderr: Readable | null | undefined }): Readable | null {
  return stderr ?? null;
}

function isReport(message: FromChild): message is ChildReport {
  return message.type !== 'result' && message.type !== 'failure' && message.type !== 'stopped';
}

/** @returns the step of a training that the report is about, null in other tasks */
function stepOf(report: ChildReport): number | null {
  switch (report.type) {
    case 'progress': {
      const { phase, done } = report.progress;
      return phase === 'train' || phase === 'validate' ? done : null;
    }
    case 'points':
      return report.points.at(-1)?.step ?? null;
    case 'checkpoint':
      return report.step;
    case 'engine':
    case 'state-unreadable':
    case 'untrained-weights':
      return null;
  }
}

function crash(
  exit: Exit,
  lines: readonly string[],
  trials: string,
  wasOomKilled: boolean,
): Failure {
  const how =
    exit.startError !== null
      ? `could not be started: ${exit.startError.message}`
      : exit.signal !== null
        ? `was ended by ${exit.signal}`
        : `exited with code ${exit.code}`;
  const stderr = lines.join('\n');
  const isOutOfMemory = wasOomKilled || /heap out of memory|std::bad_alloc/i.test(stderr);
  const told = stderr === '' ? 'It wrote nothing to stderr.' : `Its last lines:\n${stderr}`;
  const remedy = isOutOfMemory
    ? ' Lower schedule.batchSize or model.hidden, or TRAINER_CONCURRENCY.'
    : '';
  return {
    code: isOutOfMemory ? 'out-of-memory' : 'child-crashed',
    message: `The computing process of ${trials} ${how}.${remedy} ${told}`.slice(0, 4000),
    isRetryable: !isOutOfMemory,
    step: null,
  };
}

/** The native engine's last line, written by its signal handler. */
const NATIVE_CRASH = /^capgrid-native: crashed in (.+?) \((SIG[A-Z]+)\)$/;

/** @returns null when native code did not say that it crashed */
function nativeCrash(exit: Exit, lines: readonly string[], trials: string): Failure | null {
  const said = lines.map((line) => NATIVE_CRASH.exec(line)).find((match) => match !== null);
  if (said === undefined || exit.signal === null) return null;
  const [line, operation, signal] = said;
  const others = lines.filter((other) => other !== line).join('\n');
  const told = others === '' ? '' : ` Its other last lines:\n${others}`;
  return {
    code: 'native-crash',
    message: (
      `The native engine crashed (${signal}) in ${operation} while it computed ${trials}. ` +
      `CAPGRID_ENGINE=wasm computes it without native code.${told}`
    ).slice(0, 4000),
    isRetryable: true,
    step: null,
  };
}

function unreadable(detail: string): Failure {
  const message = `The computing process sent a message the trainer cannot read: ${detail}`;
  return {
    code: 'child-message-invalid',
    message: message.slice(0, 4000),
    isRetryable: false,
    step: null,
  };
}
