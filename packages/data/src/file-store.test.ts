import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataError } from './data-error.js';
import { openFileStore, type FileStore } from './file-store.js';

const HELLO = Buffer.from('hello');
const HELLO_SHA256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-store-'));
  store = await openFileStore(join(folder, 'store'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function writeDamaged(): Promise<void> {
  await store.put(HELLO);
  await writeFile(store.pathOf(HELLO_SHA256), 'hellO');
}

describe('FileStore', () => {
  test('keeps content under its SHA-256', async () => {
    expect(await store.has(HELLO_SHA256)).toBe(false);
    expect(await store.put(HELLO)).toBe(HELLO_SHA256);
    expect(store.pathOf(HELLO_SHA256)).toBe(join(folder, 'store', 'objects', '2c', HELLO_SHA256));
    expect(await store.sizeOf(HELLO_SHA256)).toBe(5);
    expect((await store.read(HELLO_SHA256)).toString()).toBe('hello');
  });

  test('put, putFile, putStream and adoptFile agree on the name', async () => {
    const path = join(folder, 'hello.txt');
    await writeFile(path, HELLO);
    expect(await store.putFile(path)).toBe(HELLO_SHA256);
    expect(await store.putStream([Buffer.from('hel'), Buffer.from('lo')])).toBe(HELLO_SHA256);
    expect(await store.adoptFile(path)).toBe(HELLO_SHA256);
    expect(await readdir(folder)).toEqual(['store']);
    await store.verify(HELLO_SHA256);
  });

  test('many writers of the same content leave one whole object and no temporary file', async () => {
    const other = await openFileStore(store.root);
    const bytes = Buffer.alloc(300_000, 'x');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const writers = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? store : other));
    const names = await Promise.all(writers.map((writer) => writer.putStream([bytes])));
    expect(new Set(names)).toEqual(new Set([sha256]));
    await store.verify(sha256);
    expect(await readdir(store.temporaryFolder)).toEqual([]);
  });

  test('content of more than one chunk is read whole, and damage at its end is noticed', async () => {
    const bytes = Buffer.alloc(2 ** 24 + 5, 'x');
    bytes.write('end', 2 ** 24);
    const sha256 = await store.put(bytes);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect((await store.read(sha256)).equals(bytes)).toBe(true);
    await truncate(store.pathOf(sha256), 2 ** 24 + 4);
    await expect(store.read(sha256)).rejects.toMatchObject({ code: 'object-corrupt' });
  });

  test('a missing object is a typed error that names it', async () => {
    await expect(store.read(HELLO_SHA256)).rejects.toMatchObject({
      code: 'object-missing',
      message: expect.stringContaining(HELLO_SHA256) as string,
    });
    await expect(store.verify(HELLO_SHA256)).rejects.toMatchObject({ code: 'object-missing' });
  });

  test.each(['read', 'verify'] as const)(
    'a damaged object that %s finds is kept beside, and its content can be put again',
    async (method) => {
      await writeDamaged(); // of the same size, which `put` does not notice
      const path = store.pathOf(HELLO_SHA256);
      const error: unknown = await store[method](HELLO_SHA256).catch((cause: unknown) => cause);
      const names = await readdir(dirname(path));
      expect(names).toEqual([expect.stringMatching(`^${HELLO_SHA256}\\.damaged-`)]);
      const aside = join(dirname(path), names[0] ?? '');
      expect(await readFile(aside, 'utf8')).toBe('hellO');
      expect(error).toMatchObject({
        code: 'object-corrupt',
        message: expect.stringMatching(
          new RegExp(
            `^${path} was damaged: .* It is kept as ${aside}. If a task computed it, retry`,
          ),
        ) as string,
      });
      await expect(store[method](HELLO_SHA256)).rejects.toMatchObject({ code: 'object-missing' });

      await store.put(HELLO);
      expect((await store.read(HELLO_SHA256)).toString()).toBe('hello');
    },
  );

  test('a truncated object is read as it is where nobody asks whether it is whole', async () => {
    await store.put(HELLO);
    await truncate(store.pathOf(HELLO_SHA256), 2);
    expect((await store.read(HELLO_SHA256, { verify: false })).toString()).toBe('he');
    await expect(store.read(HELLO_SHA256)).rejects.toMatchObject({ code: 'object-corrupt' });
  });

  test('readers that find the same damage at once keep one damaged file', async () => {
    await store.put(HELLO);
    await truncate(store.pathOf(HELLO_SHA256), 2);
    const reads = Array.from({ length: 8 }, () => store.verify(HELLO_SHA256));
    const codes = (await Promise.allSettled(reads)).map((read) =>
      read.status === 'rejected' ? (read.reason as { code: string }).code : 'whole',
    );
    expect(codes).toContain('object-corrupt');
    expect(codes).not.toContain('whole');
    expect(await readdir(dirname(store.pathOf(HELLO_SHA256)))).toHaveLength(1);
  });

  describe('readBy', () => {
    const refuse = () => Promise.reject(new DataError('feature-file-invalid', 'no such format'));

    test('gives what was made of the file of an object', async () => {
      await store.put(HELLO);
      const text = await store.readBy(HELLO_SHA256, (path) => readFile(path, 'utf8'));
      expect(text).toBe('hello');
    });

    test('tells a damaged object from a whole one that cannot be used', async () => {
      await store.put(HELLO);
      const unusable = { code: 'feature-file-invalid' };
      await expect(store.readBy(HELLO_SHA256, refuse)).rejects.toMatchObject(unusable);
      await writeFile(store.pathOf(HELLO_SHA256), 'hellO');
      const corrupt = { code: 'object-corrupt' };
      await expect(store.readBy(HELLO_SHA256, refuse)).rejects.toMatchObject(corrupt);
      expect(await store.has(HELLO_SHA256)).toBe(false);
    });

    test('looks into no file for a fault that is not one of its content', async () => {
      await writeDamaged();
      const busy = () => Promise.reject(new Error('busy'));
      await expect(store.readBy(HELLO_SHA256, busy)).rejects.toThrow('busy');
      expect(await store.has(HELLO_SHA256)).toBe(true);
    });
  });

  test('a stream that fails leaves nothing behind', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield HELLO;
      await Promise.resolve();
      throw new Error('source broke');
    }
    await expect(store.putStream(failing())).rejects.toThrow('source broke');
    expect(await readdir(store.temporaryFolder)).toEqual([]);
  });

  test('opening removes temporary files of a killed process, but not those of a running one', async () => {
    await writeFile(join(store.temporaryFolder, 'old'), '');
    await utimes(join(store.temporaryFolder, 'old'), 0, 0);
    await writeFile(join(store.temporaryFolder, 'new'), '');
    await openFileStore(store.root);
    expect(await readdir(store.temporaryFolder)).toEqual(['new']);
  });

  test('a file in the way is a typed error that names the folder and what to do', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openFileStore(join(folder, 'file'))).rejects.toMatchObject({
      code: 'store-not-writable',
      message: `Cannot write to the store ${join(folder, 'file')}: a part of this path is a file: choose another folder.`,
    });
  });

  test('a read-only folder is a typed error', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'permissions do not stop root');
    const root = join(folder, 'read-only');
    await mkdir(root);
    await chmod(root, 0o500);
    await expect(openFileStore(root)).rejects.toMatchObject({
      code: 'store-not-writable',
      message: expect.stringContaining('give this user write permission') as string,
    });
  });
});
