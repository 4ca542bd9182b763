/**
 * Exit 0 when node_modules holds what package-lock.json asks for, 1 otherwise. Plain JavaScript
 * without packages: the launcher runs it before anything is installed.
 *
 *   node apps/cli/launch/is-installed.mjs ROOT
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ version?: string, optional?: boolean, link?: boolean, peer?: boolean }} Entry */

const root = process.argv[2] ?? '.';
const wanted = readEntries(join(root, 'package-lock.json'));
const present = readEntries(join(root, 'node_modules', '.package-lock.json'));
process.exitCode = isSatisfied() ? 0 : 1;

function isSatisfied() {
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true;
    const found = present[path];
    // Optional packages for other platforms are in the lock file and not on the disk.
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.link === entry.link;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, Entry>}
 */
function readEntries(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch {
    // Missing or cut off: nothing is known to be there.
    return {};
  }
}
