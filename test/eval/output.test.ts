/** What `capgrid` does when its result cannot be written. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
/** Linux: every write fails as on a full disk. */
const FULL = '/dev/full';

it.skipIf(!existsSync(FULL))('fails when the disk is full, instead of leaving no result', () => {
  const full = openSync(FULL, 'w');
  try {
    const ended = spawnSync(process.execPath, [CLI, 'eval', '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    expect(ended.stderr).toContain('the output could not be written: ENOSPC');
    expect(ended.status).toBe(1);
  } finally {
    closeSync(full);
  }
});
