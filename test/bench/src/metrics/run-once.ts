/** Runs a command to its end: how long the whole process took, and what it printed last. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BenchError } from '../run/bench-error.js';
import type { Answer } from '../run/line-child.js';

export interface Finished {
  /** From the start of the process to its end. */
  readonly wallMs: number;
  /** The last line it printed, one JSON object. */
  readonly answer: Answer;
  /** The largest memory of the process; null where there is no /proc. */
  readonly peakMegabytes: number | null;
}

const QUOTED = 2000;
/** The kernel keeps the largest value; only what a process takes in its last moments is missed. */
const LOOK_EVERY_MS = 20;

/** `env` is added to this process's environment. */
export async function runOnce(
  name: string,
  [file, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const started = performance.now();
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let peakMegabytes: number | null = null;
  const look = setInterval(() => {
    peakMegabytes = readPeak(child.pid) ?? peakMegabytes;
  }, LOOK_EVERY_MS);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-QUOTED);
  });
  const end = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(signal ?? (code === 0 ? '' : `exit code ${code}`)),
    );
  });
  const wallMs = performance.now() - started;
  clearInterval(look);
  if (end !== '') throw new BenchError(`${name} failed (${end}). ${stderr}`.trim());
  return { wallMs, answer: readAnswer(name, stdout), peakMegabytes };
}

function readPeak(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    // It has ended, or this is no Linux.
    return null;
  }
}

function readAnswer(name: string, stdout: string): Answer {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch (cause) {
    throw new BenchError(`${name} printed "${line.slice(0, QUOTED)}", not JSON.`, { cause });
  }
  if (typeof answer !== 'object' || answer === null) {
    throw new BenchError(`${name} printed "${line}", not an object.`);
  }
  return { ...answer };
}
