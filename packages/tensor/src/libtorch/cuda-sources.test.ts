import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BUILD = fileURLToPath(new URL('../../native/build.mjs', import.meta.url));
const NOTHING_TO_BUILD_WITH = 3;
const TIME_LIMIT_MS = 240_000;

test('the CUDA sources compile where the headers are', { timeout: TIME_LIMIT_MS }, (context) => {
  const { status, stderr } = spawnSync(process.execPath, [BUILD, '--check-cuda'], {
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS - 10_000,
  });
  if (status === NOTHING_TO_BUILD_WITH) context.skip(stderr.trim());
  expect(stderr).toContain('the CUDA parts compile');
  expect(status).toBe(0);
});
