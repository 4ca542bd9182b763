import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('./testing/without-descriptors.mjs', import.meta.url));

it('a child that cannot be started for want of descriptors ends as a failure', () => {
  const limited = 'ulimit -n 1000; exec "$0" "$1"';
  const { stdout, stderr } = spawnSync('sh', ['-c', limited, process.execPath, SCRIPT], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    type: 'failure',
    failure: {
      code: 'child-crashed',
      message:
        'The computing process of trial 1 of sweep "attention" could not be started: ' +
        `spawn ${process.execPath} EMFILE. It wrote nothing to stderr.`,
      isRetryable: true,
      step: null,
    },
  });
});
