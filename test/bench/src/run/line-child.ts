/**
 * A child process that computes only when asked: one line on its stdin, one line of JSON as answer.
 * Contenders are kept alive side by side this way and still never compute at the same time.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { BenchError } from './bench-error.js';

export type Answer = Readonly<Record<string, unknown>>;

/** Starting includes loading an engine and the start values of a model. */
const START_LIMIT_MS = 120_000;
const KEPT_ERROR_LINES = 30;

export class LineChild {
  private readonly lines: AsyncIterator<string>;
  private readonly errors: string[] = [];
  private readonly ended: Promise<string>;

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
    reader: Interface,
  ) {
    this.lines = reader[Symbol.asyncIterator]();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors.push(...text.split('\n').filter((line) => line !== ''));
      this.errors.splice(0, this.errors.length - KEPT_ERROR_LINES);
    });
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) =>
        resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`),
      );
    });
    // Writing to a child that has died is reported by the missing answer.
    child.stdin?.on('error', () => undefined);
  }

  /** `env` is added to this process's environment. Also gives the child's first answer. */
  static async start(
    name: string,
    command: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
  ): Promise<{ child: LineChild; ready: Answer }> {
    const [file, ...args] = command;
    const process_ = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const child = new LineChild(name, process_, createInterface({ input: process_.stdout }));
    const timer = setTimeout(() => process_.kill('SIGKILL'), START_LIMIT_MS);
    try {
      const ready = await child.answer('its start');
      if (typeof ready['problem'] === 'string') throw new BenchError(ready['problem']);
      return { child, ready };
    } finally {
      clearTimeout(timer);
    }
  }

  async ask(line: string): Promise<Answer> {
    this.child.stdin?.write(`${line}\n`);
    return this.answer(`"${line}"`);
  }

  /** Closes its stdin, at which it ends; kills it if it does not within 5 s. */
  async end(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(timer);
  }

  private async answer(to: string): Promise<Answer> {
    const next = await this.lines.next();
    if (next.done === true) {
      const why = await this.ended;
      throw new BenchError(
        `${this.name} gave no answer to ${to} (${why}). ${this.errors.join('\n')}`.trim(),
      );
    }
    let answer: unknown;
    try {
      answer = JSON.parse(next.value);
    } catch (cause) {
      throw new BenchError(`${this.name} answered ${to} with "${next.value}", not JSON.`, {
        cause,
      });
    }
    if (typeof answer !== 'object' || answer === null) {
      throw new BenchError(`${this.name} answered ${to} with "${next.value}", not an object.`);
    }
    return answer as Answer;
  }
}

export function numberIn(answer: Answer, field: string): number {
  const value = answer[field];
  if (typeof value === 'number') return value;
  throw new BenchError(`An answer has no number "${field}": ${JSON.stringify(answer)}`);
}

export function textIn(answer: Answer, field: string): string {
  const value = answer[field];
  if (typeof value === 'string') return value;
  throw new BenchError(`An answer has no text "${field}": ${JSON.stringify(answer)}`);
}
