/** A child process that is kept running: started, watched, started again with back-off, stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { CliError, isFileError } from '../cli-error.js';
import { openLog, readLog, tailLog } from './log-file.js';
import { identify, type ProcessIdentity } from './process-identity.js';

export interface PartPlan {
  name: string;
  /** Arguments of node. */
  command: readonly string[];
  folder: string;
  variables: Record<string, string | undefined>;
  logPath: string;
  /** Whether it does its work; `log` is what it wrote since its start. */
  isReady(log: string): Promise<boolean>;
}

export interface PartEvents {
  /** Has a process now, or none. */
  onProcess(identity: ProcessIdentity | null): void;
  tell: (message: string) => void;
}

/** Loading all modules takes seconds on a busy machine with two cores. */
const START_PATIENCE_MS = 120_000;
/** The trainer ends its children first, for which it takes up to 10 s. */
const STOP_PATIENCE_MS = 20_000;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** One that ran this long did not fail at its start: the next delay is the first again. */
const CALM_MS = 60_000;
const POLL_MS = 100;

type Process = { child: ChildProcess; pid: number; ended: Promise<void>; begin: number };

export class Part {
  private current: Process | null = null;
  private isStopping = false;
  private isSupervised = false;
  private delayMs = FIRST_DELAY_MS;
  private restart: NodeJS.Timeout | null = null;

  constructor(
    private readonly plan: PartPlan,
    private readonly events: PartEvents,
  ) {}

  /**
   * Resolves once it does its work; from then on it is started again whenever it ends.
   * @throws CliError `part-failed` with the end of its log
   */
  async start(): Promise<void> {
    const process = this.launch();
    const deadline = Date.now() + START_PATIENCE_MS;
    while (!(await this.plan.isReady(readLog(this.plan.logPath, process.begin)))) {
      if (this.isStopping) throw new CliError('interrupted', 'Stopped before everything was up.');
      if (this.current !== process) throw this.failure('ended at its start', process.begin);
      if (Date.now() > deadline) {
        throw this.failure(`is not ready after ${START_PATIENCE_MS / 1000} s`, process.begin);
      }
      await wait(POLL_MS);
    }
    this.isSupervised = true;
  }

  /** Asks it to end; after a while it is killed. */
  async stop(): Promise<void> {
    this.forgetRestart();
    const { current } = this;
    if (current === null) return;
    current.child.kill('SIGTERM');
    const patience = new AbortController();
    const isLate = wait(STOP_PATIENCE_MS, true, { signal: patience.signal }).catch(() => false);
    if (await Promise.race([current.ended.then(() => false), isLate])) killGroup(current.pid);
    patience.abort();
    await current.ended;
  }

  /** Ends it at once, and what it started. */
  kill(): void {
    this.forgetRestart();
    if (this.current !== null) killGroup(this.current.pid);
  }

  private forgetRestart(): void {
    this.isStopping = true;
    if (this.restart !== null) clearTimeout(this.restart);
  }

  private launch(): Process {
    const { plan } = this;
    const { descriptor, begin } = openLog(plan.logPath);
    const child = spawn(process.execPath, plan.command, {
      cwd: plan.folder,
      env: plan.variables,
      // A group of its own: Ctrl-C in the terminal goes to the supervisor alone, which stops the
      // parts in order; and what a part started can be ended with it.
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
    });
    closeSync(descriptor);
    // Told after the failure below; without a listener it would end this process.
    child.on('error', (cause) => this.events.tell(`${plan.name}: ${cause.message}`));
    const startedAt = Date.now();
    if (child.pid === undefined) throw this.failure('cannot be started', begin);
    const { pid } = child;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        this.onEnd(pid, Date.now() - startedAt, signal ?? `exit code ${code}`);
        resolve();
      });
    });
    this.current = { child, pid, ended, begin };
    this.report(identify(pid));
    return this.current;
  }

  private onEnd(pid: number, livedMs: number, how: string): void {
    // Its own children have lost their parent and would compete with the next one's.
    killGroup(pid);
    this.current = null;
    this.report(null);
    if (this.isStopping || !this.isSupervised) return;
    if (livedMs > CALM_MS) this.delayMs = FIRST_DELAY_MS;
    this.startAgain(`ended (${how})`);
  }

  private startAgain(what: string): void {
    const { name, logPath } = this.plan;
    const seconds = this.delayMs / 1000;
    this.events.tell(`${name} ${what}; starting it again in ${seconds} s (log: ${logPath})`);
    this.restart = setTimeout(() => {
      try {
        this.launch();
      } catch (cause) {
        this.startAgain(`cannot be started (${reasonOf(cause)})`);
      }
    }, this.delayMs);
    this.delayMs = Math.min(this.delayMs * 2, LONGEST_DELAY_MS);
  }

  /** The part goes on without its entry: nobody is there to whom an error could be thrown. */
  private report(identity: ProcessIdentity | null): void {
    try {
      this.events.onProcess(identity);
    } catch (cause) {
      this.events.tell(`cannot note the process of the ${this.plan.name}: ${reasonOf(cause)}`);
    }
  }

  private failure(what: string, begin: number): CliError {
    const { name, logPath } = this.plan;
    return new CliError(
      'part-failed',
      `The ${name} ${what}. The end of ${logPath}:\n${tailLog(logPath, begin)}`,
    );
  }
}

/** Without the log that may follow. */
function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}

/** Ends all processes of the group that the part leads; none may be left. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (cause) {
    if (!isFileError(cause, 'ESRCH', 'EPERM')) throw cause;
  }
}
