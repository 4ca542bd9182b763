/** Runs the built `capgrid` as a user does: as a process of its own, told apart by what it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The launcher would build what changed, so the command line behind it is started. */
const MAIN = join(ROOT, 'apps/cli/dist/main.js');
const SMALL_DEMO = join(ROOT, 'test/e2e/small-demo.mjs');

/** What a stack or a database of this user would change. */
const FOREIGN = [
  'API_URL',
  'CAPGRID_API_URL',
  'CAPGRID_HOME',
  'CAPGRID_SPICE_JAR',
  'DATABASE_URL',
  'QUEUE_URL',
];

export interface Ended {
  /** null: ended by a signal. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export class CapgridProcess {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;
  /** Both streams are closed and the exit code is known. */
  private readonly closed: Promise<unknown>;
  private readonly listeners = new Set<() => void>();

  /** @param args those of `capgrid`; of `small-demo` those of small-demo.mjs */
  constructor(args: readonly string[], variables: Record<string, string>) {
    const [command, ...rest] = args;
    const script = command === 'small-demo' ? [SMALL_DEMO, ...rest] : [MAIN, ...args];
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)),
    );
    this.child = spawn(process.execPath, script, {
      cwd: ROOT,
      env: { ...env, NO_COLOR: '1', LC_ALL: 'C.UTF-8', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        this.listeners.forEach((listener) => listener());
      });
    }
    this.closed = once(this.child, 'close');
  }

  get isEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async ended(): Promise<Ended> {
    await this.closed;
    const { stdout, stderr } = this;
    return { exitCode: this.child.exitCode, stdout, stderr };
  }

  /** Waits until one of the streams holds the pattern, and tells what it matched. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    const find = () => pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
    let listener = () => {};
    const heard = new Promise<void>((resolve) => {
      listener = () => {
        if (find() !== null) resolve();
      };
    });
    this.listeners.add(listener);
    listener();
    await Promise.race([heard, this.closed]);
    this.listeners.delete(listener);
    const match = find();
    if (match !== null) return match;
    throw new Error(`capgrid ended without ${pattern}:\n${this.stdout}${this.stderr}`);
  }
}
