/** The lock of the native build, with real processes that are killed while they hold it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LOCK = join(import.meta.dirname, '../../native/lock.mjs');
const { withLock } = (await import(LOCK)) as {
  withLock: <T>(path: string, work: () => T, onWait: (pid: number) => void) => Promise<T>;
};
const UUID = '01234567-89ab-cdef-0123-456789abcdef';

let folder: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A process that holds the lock until it is told to stop, or killed. */
async function holder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { readSync } from 'node:fs';
     import { withLock } from ${JSON.stringify(LOCK)};
     await withLock(${JSON.stringify(path)}, () => {
       process.stdout.write('in');
       readSync(0, Buffer.alloc(1));
     }, () => {});`,
  ]);
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

test('a second one waits, says for whom, and leaves nothing behind', async () => {
  const first = await holder();
  const closed = once(first, 'close');
  const events: unknown[] = [];
  await withLock(
    path,
    () => events.push('in'),
    (pid) => {
      events.push(pid);
      first.stdin!.end('.');
    },
  );
  expect(events).toEqual([first.pid, 'in']);
  await closed;
  expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a killed process is taken at once', async () => {
  const killed = await holder();
  killed.kill('SIGKILL');
  await once(killed, 'close');
  const waited: number[] = [];
  expect(await withLock(path, () => 'in', (pid) => waited.push(pid))).toBe('in'); // prettier-ignore
  expect(waited).toEqual([]);
});

test('of many that find the lock of a killed process one at a time is in', async () => {
  const killed = await holder();
  killed.kill('SIGKILL');
  await once(killed, 'close');
  const log = join(folder, 'log');
  const code = `import { appendFileSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(LOCK)};
    await withLock(${JSON.stringify(path)}, () => {
      appendFileSync(${JSON.stringify(log)}, 'in ');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
      appendFileSync(${JSON.stringify(log)}, 'out ');
    }, () => {});`;
  const several = Array.from({ length: 5 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', code]);
    children.push(child);
    return once(child, 'close');
  });
  expect((await Promise.all(several)).map(([status]) => status as unknown)).toEqual([
    0, 0, 0, 0, 0,
  ]);
  expect(fs.readFileSync(log, 'utf8')).toBe('in out '.repeat(5));
});

/** As a kill at any point of an older release, or the reuse of a number, leaves it. */
test.each<[string, () => void]>([
  ['an empty file', () => writeFileSync(path, '')],
  ['a file with the number of a process that runs', () => writeFileSync(path, `${process.pid}`)],
  ['an empty folder', () => mkdirSync(path)],
  ['a number now given to another process', () => lockOf(`${process.pid}-1-${UUID}`)],
])('%s does not hold the lock', async (_, leave) => {
  leave();
  expect(await withLock(path, () => 'in', () => undefined)).toBe('in'); // prettier-ignore
  expect(existsSync(path)).toBe(false);
});

test('a folder of something else is refused, by its name', async () => {
  lockOf('notes.txt');
  await expect(
    withLock(
      path,
      () => 'in',
      () => undefined,
    ),
  ).rejects.toThrow(
    // prettier-ignore
    `"${path}" is not the lock of a build; delete it.`,
  );
});

test('a lock taken anew while another one is about to remove the stale one is left alone', async () => {
  const dead = await holder();
  dead.kill('SIGKILL');
  await once(dead, 'close');
  const events: unknown[] = [];
  // Right before this process renames the stale lock, another one removes it and takes its own.
  const own = `${process.ppid}--${UUID}`;
  const { renameSync } = fs;
  fs.renameSync = (from, to) => {
    if (!String(to).includes('.stale-')) return renameSync(from, to);
    fs.renameSync = renameSync;
    syncBuiltinESMExports();
    renameSync(from, to);
    lockOf(own);
    return renameSync(from, to);
  };
  syncBuiltinESMExports();
  await withLock(
    path,
    () => events.push('in'),
    (pid) => {
      events.push(pid, readdirSync(path));
      rmSync(path, { recursive: true });
    },
  );
  expect(events).toEqual([process.ppid, [own], 'in']);
});

function lockOf(name: string): void {
  mkdirSync(path);
  writeFileSync(join(path, name), '');
}
