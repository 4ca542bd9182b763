/** Runs one command to its end or to its time limit, and leaves none of its processes behind. */
import { spawn } from 'node:child_process';

/**
 * @typedef {object} CommandOptions
 * @property {string} cwd
 * @property {number} limitMs the process group is ended after this time
 * @property {boolean} isLive true: output goes straight to this terminal; false: it is collected
 * @property {Record<string, string | undefined>} [env] added to this process's environment;
 *   undefined takes a variable away
 * @property {AbortSignal} [signal] ends the process group early
 *
 * @typedef {object} CommandResult
 * @property {number | null} exitCode null when a signal ended it
 * @property {boolean} isOverLimit
 * @property {string} output stdout and stderr in order of arrival; empty when live
 * @property {number} durationMs
 */

/** A group that ignores SIGTERM gets SIGKILL after this time. */
const GRACE_MS = 5_000;
/** The output of an ended command is read for at most this time. */
const CLOSE_LIMIT_MS = 2_000;

/**
 * @param {readonly string[]} command program and arguments; no shell is involved
 * @param {CommandOptions} options
 * @returns {Promise<CommandResult>}
 */
export function runCommand([program = '', ...args], options) {
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', options.isLive ? 'inherit' : 'pipe', options.isLive ? 'inherit' : 'pipe'],
      // A group of its own, so that servers and workers it started end with it.
      detached: true,
    });
    let output = '';
    let isOverLimit = false;
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;
    const end = () => {
      signalGroup(child.pid, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
    };
    const limitTimer = setTimeout(() => {
      isOverLimit = true;
      end();
    }, options.limitMs);
    options.signal?.addEventListener('abort', end, { once: true });

    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    const settle = () => {
      clearTimeout(limitTimer);
      clearTimeout(killTimer);
      options.signal?.removeEventListener('abort', end);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (exitCode) => {
      settle();
      signalGroup(child.pid, 'SIGKILL');
      const finish = () =>
        resolve({ exitCode, isOverLimit, output, durationMs: performance.now() - startMs });
      // `close` follows when the last of the output is read. A server that left the group may hold
      // the pipes open for ever, so this waits only so long.
      const closeTimer = setTimeout(finish, CLOSE_LIMIT_MS);
      child.once('close', () => {
        clearTimeout(closeTimer);
        finish();
      });
    });
  });
}

/**
 * @param {number | undefined} pid leader of the group
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the whole group has already ended, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
