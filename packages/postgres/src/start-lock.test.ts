import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withStartLock } from './start-lock.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('of many starts that find the lock of a dead one, one at a time works', async () => {
  await writeFile(join(folder, 'starting.pid'), '999999999');
  let working = 0;
  let mostAtOnce = 0;
  const work = async () => {
    working += 1;
    mostAtOnce = Math.max(mostAtOnce, working);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    working -= 1;
  };

  await Promise.all(Array.from({ length: 20 }, () => withStartLock(folder, work)));

  expect(mostAtOnce).toBe(1);
  expect(await readdir(folder)).toEqual([]);
});
