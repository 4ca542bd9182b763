import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Part } from './part.js';
import { identify, isRunning, type ProcessIdentity } from './process-identity.js';

let folder: string;
let part: Part | null;
let told: string[];
let processes: (ProcessIdentity | null)[];
let waiting: { count: number; resolve: () => void }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-part-'));
  part = null;
  told = [];
  processes = [];
  waiting = [];
});

afterEach(async () => {
  await part?.stop();
  await rm(folder, { recursive: true });
});

/** Its working folder; without it no process can be started. */
const workFolder = () => join(folder, 'work');

/** @param refusals how many of the first notes of its process fail */
async function create(script: string, refusals = 0): Promise<Part> {
  await mkdir(workFolder());
  part = new Part(
    {
      name: 'worker',
      command: ['-e', script],
      folder: workFolder(),
      variables: process.env,
      logPath: join(folder, 'worker.log'),
      isReady: async (log) => log.includes('ready'),
    },
    {
      tell: (message) => told.push(message),
      onProcess: (identity) => {
        processes.push(identity);
        for (const { count, resolve } of waiting) if (processes.length >= count) resolve();
        if (processes.length <= refusals) throw new Error('no space left on device');
      },
    },
  );
  return part;
}

const LASTING = "console.log('ready'); setInterval(() => {}, 1000)";

/** Resolves when that many changes of the process have been told. */
function changes(count: number): Promise<void> {
  if (processes.length >= count) return Promise.resolve();
  return new Promise((resolve) => waiting.push({ count, resolve }));
}

test('a part that is killed is started again and the user is told', async () => {
  await (await create(LASTING)).start();
  const [first] = processes;
  process.kill(first?.pid ?? 0, 'SIGKILL');

  await changes(3);

  expect(processes[1]).toBeNull();
  expect(processes[2]?.pid).not.toBe(first?.pid);
  expect(told).toEqual([
    `worker ended (SIGKILL); starting it again in 1 s (log: ${join(folder, 'worker.log')})`,
  ]);
});

test('a part that ends at its start fails with the end of its log', async () => {
  const worker = await create("console.error('no such database'); process.exit(3)");

  await expect(worker.start()).rejects.toMatchObject({
    code: 'part-failed',
    message: `The worker ended at its start. The end of ${join(folder, 'worker.log')}:\n  no such database`,
  });
});

test('stop ends it with SIGTERM and it is not started again', async () => {
  const script = `process.on('SIGTERM', () => { console.log('orderly'); process.exit(0) }); ${LASTING}`;
  const worker = await create(script);
  await worker.start();
  await worker.stop();

  expect(await readFile(join(folder, 'worker.log'), 'utf8')).toBe('ready\norderly\n');
  expect(processes.at(-1)).toBeNull();
  expect(told).toEqual([]);
});

test('children of a killed part are ended with it', async () => {
  const child = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid`;
  await (await create(`console.log('child ' + ${child}); ${LASTING}`)).start();
  const log = await readFile(join(folder, 'worker.log'), 'utf8');
  const childPid = Number(/child (\d+)/.exec(log)?.[1]);
  const orphan = identify(childPid) ?? { pid: childPid, startedAt: '' };
  expect(isRunning(orphan)).toBe(true);
  process.kill(processes[0]?.pid ?? 0, 'SIGKILL');

  await changes(2);

  // The signal has been sent; the system takes a moment to carry it out.
  await expect.poll(() => isRunning(orphan)).toBe(false);
});

test('a part that no process can be made for fails its start with the reason', async () => {
  const worker = await create(LASTING);
  await rm(workFolder(), { recursive: true });

  await expect(worker.start()).rejects.toMatchObject({ code: 'part-failed' });
  await expect.poll(() => told).toEqual([expect.stringMatching(/^worker: spawn .* ENOENT$/)]);
});

test('a part that cannot be started again is tried until it can', async () => {
  await (await create(LASTING)).start();
  await rm(workFolder(), { recursive: true });
  process.kill(processes[0]?.pid ?? 0, 'SIGKILL');
  await expect.poll(() => told.length, { timeout: 10_000 }).toBe(3);

  await mkdir(workFolder());
  await changes(3);

  expect(told[1]).toMatch(/^worker cannot be started .*; starting it again in 2 s/);
  expect(processes[2]?.pid).not.toBe(processes[0]?.pid);
}, 20_000);

test('a part whose process cannot be noted runs and is told of', async () => {
  await (await create(LASTING, 1)).start();

  expect(told).toEqual(['cannot note the process of the worker: no space left on device']);
});
