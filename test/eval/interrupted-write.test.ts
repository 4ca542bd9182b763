/** Ctrl-C while scores per image are written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ROOT } from '../e2e/capgrid-process.js';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-eval-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes 1 MiB every 20 ms, without an end: a run too short to be hit would prove nothing. */
const ENDLESS = `
  import { preparePerImageFile } from '${pathToFileURL(join(ROOT, 'apps/cli/dist/eval/per-image-file.js')).href}';
  const clock = new Int32Array(new SharedArrayBuffer(4));
  function* lines() {
    for (;;) {
      Atomics.wait(clock, 0, 0, 20);
      yield 'x'.repeat(2 ** 20);
    }
  }
  const file = await preparePerImageFile(process.argv[1], []);
  await file.write(lines());`;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s leaves no part of the new file, and the older one as it was',
  async (signal) => {
    const out = join(folder, 'out.jsonl');
    writeFileSync(out, 'older\n');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', ENDLESS, out], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const closed = once(child, 'close');
    const partial = join(folder, `.out.jsonl.${child.pid}.partial`);
    await vi.waitUntil(() => existsSync(partial) && readFileSync(partial).length > 2 ** 20, {
      timeout: 30_000,
    });
    child.kill(signal);
    expect(await closed).toEqual([null, signal]);
    expect(readdirSync(folder)).toEqual(['out.jsonl']);
    expect(readFileSync(out, 'utf8')).toBe('older\n');
  },
);
