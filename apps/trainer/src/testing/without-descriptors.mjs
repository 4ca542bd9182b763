/**
 * Starts a computing process when no more files can be opened, and prints how that ended. To be run
 * with a low limit (`ulimit -n`).
 */
import { closeSync, openSync } from 'node:fs';
import { startChild } from '../../dist/compute-child.js';

const opened = [];
try {
  for (;;) opened.push(openSync('/dev/null', 'r'));
} catch {
  // The limit is reached.
}
const file = new URL('scripted-child.mjs', import.meta.url);
const child = startChild(file, { type: 'start' }, 'trial 1 of sweep "attention"', () => {});
for (const descriptor of opened) closeSync(descriptor);
process.stdout.write(JSON.stringify(await child.end));
