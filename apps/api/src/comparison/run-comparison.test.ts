/** Threads that end in other ways than with an answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ComparisonJob } from './compare-predictions.js';
import { runComparison } from './run-comparison.js';

const JOB: ComparisonJob = {
  baseline: 0,
  metrics: ['bleu4'],
  level: 'images',
  seed: 1,
  resamples: 1000,
  rows: [],
};
const never = new AbortController().signal;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-thread-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function threadOf(name: string, source: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, source);
  return pathToFileURL(path);
}

test('a thread that ends without an answer fails the comparison', async () => {
  const file = await threadOf('silent', 'process.exit(3);');
  await expect(runComparison(JOB, never, { file })).rejects.toThrow(
    'the thread of the comparison ended with 3 before it answered',
  );
});

test('what a thread throws fails the comparison', async () => {
  const file = await threadOf('throwing', "throw new Error('broken thread');");
  await expect(runComparison(JOB, never, { file })).rejects.toThrow('broken thread');
});

test('a thread that takes too much memory says what to do', async () => {
  const file = await threadOf(
    'greedy',
    'const all = []; for (;;) all.push([{}, `${all.length}`]);',
  );
  await expect(runComparison(JOB, never, { file, memoryMb: 16 })).rejects.toMatchObject({
    status: 422,
    code: 'comparison-too-large',
    message: expect.stringContaining('more than the 16 MB'),
  });
});

test('a stopped thread ends', async () => {
  const file = await threadOf('endless', 'setInterval(() => {}, 1000);');
  const stop = new AbortController();
  const running = runComparison(JOB, stop.signal, { file });
  setTimeout(() => stop.abort(), 50);
  await expect(running).rejects.toThrow('the comparison was stopped');
  await expect(runComparison(JOB, stop.signal, { file })).rejects.toThrow('was stopped');
});
