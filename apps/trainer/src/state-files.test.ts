import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingWork } from '@capgrid/contracts';
import { openFileStore, type FileStore } from '@capgrid/data';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownStateFiles, type StateFiles } from './state-files.js';
import { tinySpec } from './testing/tiny-dataset.js';
import { trainingWorkOf } from './testing/work-of.js';

const log = pino({ level: 'silent' });
let store: FileStore;
let first: string;
let second: string;

beforeEach(async () => {
  store = await openFileStore(await mkdtemp(join(tmpdir(), 'capgrid-states-')));
  first = await store.put(Buffer.from('first'));
  second = await store.put(Buffer.from('second'));
});
afterEach(async () => {
  await rm(store.root, { recursive: true });
});

function statesOf(resume: TrainingWork['resume']): StateFiles {
  const sha = 'b'.repeat(64);
  return ownStateFiles(
    store.root,
    trainingWorkOf({ spec: tinySpec(), datasetDigest: sha, featuresSha256: sha, resume }),
    log,
  );
}

it('the state a training goes on from is deleted when the next one is known', async () => {
  const states = statesOf({ step: 4, stateSha256: first });
  await states.replace(second);
  expect([await store.has(first), await store.has(second)]).toEqual([false, true]);
});

it('the newest state is kept until the task is finished', async () => {
  const states = statesOf(null);
  await states.replace(first);
  await states.replace(first);
  expect(await store.has(first)).toBe(true);
  await states.discard();
  expect(await store.has(first)).toBe(false);
});
