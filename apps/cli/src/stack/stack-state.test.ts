import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findStack } from './find-stack.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import { claimState, readState, removeState, writeState, type StackState } from './state-file.js';
import { stopLeftovers } from './stop-leftovers.js';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'capgrid-state-'));
});

afterEach(async () => {
  await rm(home, { recursive: true });
});

function own(): ProcessIdentity {
  const identity = identify(process.pid);
  if (identity === null) throw new Error('no own process');
  return identity;
}

function state(change: Partial<StackState> = {}): StackState {
  return {
    version: 1,
    startedAt: '2026-01-02T03:04:05.000Z',
    supervisor: own(),
    apiUrl: 'http://127.0.0.1:7420',
    dashboardUrl: 'http://127.0.0.1:7421',
    isUp: true,
    hasOwnPostgres: true,
    parts: [],
    ...change,
  };
}

test('only one of two starts claims the folder', () => {
  expect(claimState(home, state())).toBe(true);
  expect(claimState(home, state())).toBe(false);
});

test('a stack whose supervisor lives is running', () => {
  claimState(home, state());

  expect(findStack(home)).toEqual({ kind: 'running', state: state() });
});

test('a stack whose pid now belongs to another process is a leftover', () => {
  claimState(home, state({ supervisor: { pid: process.pid, startedAt: '1' } }));

  expect(findStack(home).kind).toBe('leftover');
});

test('no file and a damaged file mean that nothing is known to run', async () => {
  expect(findStack(home)).toEqual({ kind: 'none' });
  await mkdir(join(home, 'run'));
  await writeFile(join(home, 'run', 'stack.json'), '{"version":1,');

  expect(readState(home)).toBeNull();
});

test('an orderly stop leaves no file', async () => {
  claimState(home, state());
  removeState(home);

  await expect(stat(join(home, 'run', 'stack.json'))).rejects.toThrow('ENOENT');
});

test('leftovers are ended, but not a stranger that has the number of one', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
  const ended = once(child, 'exit');
  const identity = identify(child.pid ?? 0);
  if (identity === null) throw new Error('no child');
  const parts = [
    { name: 'api', pid: process.pid, startedAt: '1' },
    { name: 'trainer', ...identity },
  ];
  claimState(home, state({ supervisor: { pid: process.pid, startedAt: '1' } }));
  writeState(home, state({ parts }));

  expect(await stopLeftovers(home, state({ parts }))).toEqual(['trainer']);

  expect((await ended)[1]).toBe('SIGTERM');
  expect(findStack(home)).toEqual({ kind: 'none' });
});

test('a leftover of another user is told in one sentence', async () => {
  const parts = [{ name: 'trainer', ...own() }];
  // Two users at once need root, which the one who runs this test may not be.
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  });

  await expect(stopLeftovers(home, state({ parts }))).rejects.toMatchObject({
    exitCode: 2,
    message: `The trainer of a stack in this CAPGRID_HOME runs as process ${process.pid} of another user: run ./capgrid down as that user, or set CAPGRID_HOME to a folder of your own.`,
  });
  kill.mockRestore();
});
