/** Loads an addon in a process of its own, since a damaged one ends the process that loads it. */
import { spawnSync } from 'node:child_process';

/** Reading a libtorch for CUDA, of several GB, from a slow disk takes long. */
const PATIENCE_MS = 120_000;
const SCRIPT = `
  try {
    process.dlopen({ exports: {} }, process.argv[1]);
  } catch (error) {
    process.stdout.write(error.message.split('\\n')[0]);
    process.exit(1);
  }
`;

/**
 * @param {string} path of the addon
 * @returns {string | null} why it does not load, with the signal that ended the process; null: it loads
 */
export function tryAddon(path) {
  const { status, signal, stdout, error } = spawnSync(process.execPath, ['-e', SCRIPT, path], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (status === 0) return null;
  if (error) return error.message;
  if (signal !== null) return `a process that loads it is ended by ${signal}`;
  return stdout === '' ? `a process that loads it exits with code ${status}` : stdout;
}
