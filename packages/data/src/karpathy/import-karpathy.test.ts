import { createWriteStream } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { DatasetManifest } from '@capgrid/contracts';
import sharp from 'sharp';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore, type FileStore } from '../file-store.js';
import {
  importKarpathy,
  type KarpathyImport,
  type KarpathyImportOptions,
} from './import-karpathy.js';

type HeaderArgument = Partial<Header> & Pick<Header, 'name'>;

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-karpathy-'));
  store = await openFileStore(join(folder, 'store'));
  await mkdir(join(folder, 'images'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A JPEG that differs for each number. */
async function jpeg(number: number, width = 20, height = 10): Promise<Buffer> {
  const background = { r: (number * 40) % 256, g: (number * 90) % 256, b: 60 };
  return sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** Entry of a Karpathy file with one caption. */
function entry(number: number, split: string, more: object = {}): Record<string, unknown> {
  const sentences = [{ raw: 'A dog runs .', tokens: ['a', 'dog', 'runs'], sentid: number }];
  return { filename: `${number}.jpg`, imgid: number, split, sentids: [number], sentences, ...more };
}

async function writeJson(images: unknown): Promise<string> {
  const path = join(folder, 'dataset.json');
  await writeFile(path, JSON.stringify({ dataset: 'test', images }));
  return path;
}

async function writeImages(numbers: readonly number[]): Promise<string> {
  for (const number of numbers) {
    await writeFile(join(folder, 'images', `${number}.jpg`), await jpeg(number));
  }
  return join(folder, 'images');
}

async function writeTar(
  name: string,
  entries: readonly { header: HeaderArgument; bytes?: Buffer }[],
): Promise<string> {
  const tar = pack();
  for (const { header, bytes } of entries) tar.entry(header, bytes ?? Buffer.alloc(0));
  tar.finalize();
  const path = join(folder, name);
  const file = createWriteStream(path);
  await (name.endsWith('gz') ? pipeline(tar, createGzip(), file) : pipeline(tar, file));
  return path;
}

async function run(
  images: unknown,
  imagePaths: readonly string[],
  more: Partial<KarpathyImportOptions> = {},
): Promise<KarpathyImport> {
  return importKarpathy(store, { jsonPath: await writeJson(images), imagePaths, ...more });
}

describe('importKarpathy', () => {
  test('takes images from folders, tar files, gzipped tar files and single files', async () => {
    const images = [1, 2, 3, 4].map((number) => entry(number, 'train'));
    const inFolder = await writeImages([1]);
    const tar = await writeTar('two.tar', [
      { header: { name: 'deep/', type: 'directory' } },
      { header: { name: 'deep/er/2.jpg' }, bytes: await jpeg(2) },
      { header: { name: 'unwanted.jpg' }, bytes: await jpeg(9) },
    ]);
    const gzip = await writeTar('three.tar.gz', [
      { header: { name: '../../3.jpg' }, bytes: await jpeg(3) },
    ]);
    const single = join(folder, '4.jpg');
    await writeFile(single, await jpeg(4, 30, 40));

    const { manifest } = await run(images, [inFolder, tar, gzip, single]);

    expect(DatasetManifest.parse(manifest)).toEqual(manifest);
    expect(manifest.source).toBe('karpathy dataset.json');
    expect(manifest.quarantined).toEqual([]);
    expect(manifest.images.map(({ fileName, width, height }) => [fileName, width, height])).toEqual(
      [
        ['1.jpg', 20, 10],
        ['2.jpg', 20, 10],
        ['3.jpg', 20, 10],
        ['4.jpg', 30, 40],
      ],
    );
    for (const [index, { sha256 }] of manifest.images.slice(0, 3).entries()) {
      expect(await store.read(sha256)).toEqual(await jpeg(index + 1));
    }
    expect(await readdir(folder)).not.toContain('3.jpg');
  });

  test('restval trains, other splits are left out and counted', async () => {
    const splits = ['train', 'restval', 'val', 'test', 'unused', 'unused', 'constructor'];
    const images = splits.map((split, index) => entry(index, split));
    const source = await writeImages([0, 1, 2, 3, 4, 5, 6]);

    const { manifest, skippedSplits } = await run(images, [source]);

    expect(manifest.images.map((image) => image.split)).toEqual(['train', 'train', 'val', 'test']);
    expect(skippedSplits).toEqual({ unused: 2, constructor: 1 });
  });

  test('the id is the cocoid, else the imgid, else the position', async () => {
    const images = [
      entry(1, 'train', { cocoid: 77 }),
      entry(5, 'train'),
      entry(3, 'train', { imgid: undefined }),
    ];
    const { manifest } = await run(images, [await writeImages([1, 5, 3])]);
    expect(manifest.images.map((image) => image.id)).toEqual(['77', '5', '2']);
  });

  test('a folder of links to files is followed, links to folders and in tar files are not', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await copyFile(join(await writeImages([1]), '1.jpg'), join(elsewhere, '1.jpg'));
    await rm(join(folder, 'images', '1.jpg'));
    await symlink(join(elsewhere, '1.jpg'), join(folder, 'images', '1.jpg'));
    await symlink(folder, join(folder, 'images', 'loop'));
    await symlink(join(folder, 'gone'), join(folder, 'images', '2.jpg'));
    const tar = await writeTar('links.tar', [
      { header: { name: '2.jpg', type: 'symlink', linkname: join(elsewhere, '1.jpg') } },
      { header: { name: '2.jpg', type: 'link', linkname: '/etc/hostname' } },
    ]);

    const images = [entry(1, 'train'), entry(2, 'train')];
    const { manifest } = await run(images, [join(folder, 'images'), tar]);

    expect(manifest.images.map((image) => image.fileName)).toEqual(['1.jpg']);
    expect(manifest.quarantined).toEqual([
      { fileName: '2.jpg', reason: 'not found among the images' },
    ]);
  });

  test('sets broken, missing and uncaptioned images aside with the reason', async () => {
    const source = await writeImages([1, 2, 5]);
    const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    await writeFile(join(source, '2.jpg'), whole.subarray(0, whole.byteLength - 60));
    await writeFile(join(source, '3.jpg'), 'no picture');
    await writeFile(join(source, '6.jpg'), '');
    await writeFile(
      join(source, '7.jpg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>',
    );
    await writeFile(join(source, '8.jpg'), await sharp(whole).tiff().toBuffer());
    const images = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => entry(number, 'train'));
    Object.assign(images[4] ?? {}, { sentences: [{ raw: '', tokens: [] }, { tokens: [''] }] });

    const { manifest } = await run(images, [source]);

    expect(manifest.images.map((image) => image.fileName)).toEqual(['1.jpg']);
    const reasons = Object.fromEntries(
      manifest.quarantined.map(({ fileName, reason }) => [fileName, reason]),
    );
    expect(reasons).toEqual({
      '2.jpg': expect.stringMatching(/^does not decode: /) as string,
      '3.jpg': expect.stringMatching(/^does not decode: .*unsupported image format/) as string,
      '4.jpg': 'not found among the images',
      '5.jpg': 'no caption with words',
      '6.jpg': 'the file is empty',
      '7.jpg': 'format svg is not one of jpeg, png, webp, gif',
      '8.jpg': 'format tiff is not one of jpeg, png, webp, gif',
    });
  });

  test('captions without words are dropped and words become lower-case', async () => {
    const sentences = [
      { raw: 'A Dog', tokens: ['A', 'Dog', ''] },
      { raw: '...', tokens: [] },
      { tokens: ['two', 'dogs'] },
    ];
    const { manifest } = await run([entry(1, 'train', { sentences })], [await writeImages([1])]);
    expect(manifest.images[0]?.captions).toEqual([
      { raw: 'A Dog', tokens: ['a', 'dog'] },
      { raw: 'two dogs', tokens: ['two', 'dogs'] },
    ]);
  });

  test('of files with the same name the first is taken, and the name is reported', async () => {
    const tar = await writeTar('again.tar', [{ header: { name: '1.jpg' }, bytes: await jpeg(2) }]);
    const { manifest, repeatedFiles } = await run(
      [entry(1, 'train')],
      [await writeImages([1]), tar],
    );
    expect(repeatedFiles).toEqual(['1.jpg']);
    expect(await store.read(manifest.images[0]?.sha256 ?? '')).toEqual(await jpeg(1));
  });

  test('reports progress up to the total', async () => {
    const source = await writeImages([1, 2]);
    await writeFile(join(source, '3.jpg'), 'broken');
    const seen: string[] = [];
    await run(
      [1, 2, 3].map((number) => entry(number, 'train')),
      [source],
      {
        onProgress: ({ done, total, quarantined }) => seen.push(`${done}/${total}/${quarantined}`),
      },
    );
    expect(seen.map((text) => text.slice(0, 3))).toEqual(['1/3', '2/3', '3/3']);
    expect(seen.at(-1)).toBe('3/3/1');
  });
});

describe('importKarpathy refuses', () => {
  test.each([
    { what: 'an id', second: { filename: '9.jpg' }, split: 'train', code: 'duplicate-id' },
    { what: 'a file', second: { imgid: 9 }, split: 'train', code: 'duplicate-id' },
    { what: 'an id', second: { filename: '9.jpg' }, split: 'test', code: 'image-in-two-splits' },
    { what: 'a file', second: { imgid: 9 }, split: 'test', code: 'image-in-two-splits' },
  ])('$what listed twice, in train and $split', async ({ second, split, code }) => {
    const images = [entry(1, 'train'), entry(1, split, second)];
    await expect(run(images, [await writeImages([1, 9])])).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/1\.jpg \(id 1, split train\) and .*remove one\.$/i) as string,
    });
  });

  test('the same picture in two splits, but only reports it within one', async () => {
    const source = await writeImages([1, 3]);
    await copyFile(join(source, '1.jpg'), join(source, '2.jpg'));

    const within = [entry(1, 'train'), entry(2, 'train'), entry(3, 'val')];
    expect((await run(within, [source])).identicalImages).toEqual([['1.jpg', '2.jpg']]);

    const across = [entry(1, 'train'), entry(2, 'test'), entry(3, 'val')];
    await expect(run(across, [source])).rejects.toMatchObject({
      code: 'image-in-two-splits',
      message:
        'The same picture is in two splits: 1.jpg (train), 2.jpg (test). ' +
        'Remove all but one from the JSON file.',
    });
  });

  test('a malformed file with path, value and what is allowed', async () => {
    const source = await writeImages([1]);
    await expect(run([entry(1, 'train', { split: 3 })], [source])).rejects.toMatchObject({
      code: 'karpathy-invalid',
      message: expect.stringMatching(/images\.0\.split is 3: .*expected string/) as string,
    });
    await expect(run([entry(1, 'train', { sentences: [{}] })], [source])).rejects.toMatchObject({
      message: expect.stringMatching(/images\.0\.sentences\.0\.tokens is missing: /) as string,
    });
    await expect(run({}, [source])).rejects.toMatchObject({
      message: expect.stringMatching(/images is \{\}: .*expected array/) as string,
    });
    const jsonPath = join(folder, 'broken.json');
    await writeFile(jsonPath, '{"images": [');
    await expect(importKarpathy(store, { jsonPath, imagePaths: [source] })).rejects.toMatchObject({
      code: 'karpathy-invalid',
      message: expect.stringContaining(`${jsonPath} is not JSON: `) as string,
    });
  });

  test('sources that do not exist, are cut off or are no tar file, naming them', async () => {
    const images = [entry(1, 'train'), entry(2, 'train')];
    const missing = join(folder, 'missing.tar');
    const tar = await writeTar('cut.tar', [
      { header: { name: '1.jpg' }, bytes: await jpeg(1) },
      { header: { name: '2.jpg' }, bytes: await jpeg(2) },
    ]);
    await writeFile(tar, (await readFile(tar)).subarray(0, 1024 + 200));
    const noTar = join(folder, 'text.tar');
    await writeFile(noTar, 'hello '.repeat(200));
    const noGzip = join(folder, 'cut.tgz');
    await writeFile(noGzip, Buffer.from([0x1f, 0x8b, 8, 0, 1]));

    for (const path of [missing, tar, noTar, noGzip]) {
      await expect(run(images, [path])).rejects.toMatchObject({
        code: 'image-source-unreadable',
        message: expect.stringContaining(`Cannot read images from ${path}: `) as string,
      });
    }
  });

  test('a tar file that this user must not read', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read everything');
    const tar = await writeTar('secret.tar', [{ header: { name: '1.jpg' }, bytes: await jpeg(1) }]);
    await chmod(tar, 0);
    await expect(run([entry(1, 'train')], [tar])).rejects.toMatchObject({
      code: 'image-source-unreadable',
      message: expect.stringContaining('EACCES') as string,
    });
  });

  test('to make a data set without images', async () => {
    await expect(run([entry(1, 'train')], [join(folder, 'images')])).rejects.toMatchObject({
      code: 'no-usable-images',
      message:
        'dataset.json: none of its images can be used, e.g. 1.jpg: not found among the images. ' +
        'Check which images were given.',
    });
  });
});

describe('an import that was stopped', () => {
  const NUMBERS = Array.from({ length: 12 }, (_, index) => index);
  const IMAGES = NUMBERS.map((number) => entry(number, 'train'));

  async function stopAfter(count: number, imagePaths: readonly string[]): Promise<void> {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }): void => {
      if (done === count) stop.abort();
    };
    await expect(
      run(IMAGES, imagePaths, { signal: stop.signal, onProgress }),
    ).rejects.toMatchObject({
      code: 'import-aborted',
      message: expect.stringContaining('of 12 images') as string,
    });
  }

  test.each(['folder', 'tar'])('goes on where it ended (%s)', async (kind) => {
    const source = await (kind === 'folder'
      ? writeImages(NUMBERS)
      : writeTar(
          'all.tar',
          await Promise.all(
            NUMBERS.map(async (number) => ({
              header: { name: `${number}.jpg` },
              bytes: await jpeg(number),
            })),
          ),
        ));
    await stopAfter(4, [source]);

    const resumed = await run(IMAGES, [source]);
    expect(resumed.reused).toBeGreaterThanOrEqual(4);
    expect(resumed.reused).toBeLessThan(12);

    const fresh = await openFileStore(join(folder, 'fresh'));
    const jsonPath = join(folder, 'dataset.json');
    const whole = await importKarpathy(fresh, { jsonPath, imagePaths: [source] });
    expect(resumed.manifest).toEqual(whole.manifest);

    expect((await run(IMAGES, [source])).reused).toBe(12);
  });

  test('checks a file again that has changed or whose copy is gone', async () => {
    const source = await writeImages(NUMBERS);
    const { manifest } = await run(IMAGES, [source]);
    await writeFile(join(source, '3.jpg'), await jpeg(3, 50, 50));
    await rm(store.pathOf(manifest.images[5]?.sha256 ?? ''));

    const again = await run(IMAGES, [source]);
    expect(again.reused).toBe(10);
    expect(again.manifest.images[3]?.width).toBe(50);
    await store.verify(again.manifest.images[5]?.sha256 ?? '');
  });

  test('ignores a line of the journal that a kill cut short', async () => {
    const source = await writeImages(NUMBERS);
    await stopAfter(6, [source]);
    const [name = ''] = await readdir(join(store.root, 'imports'));
    const journal = join(store.root, 'imports', name);
    const text = await readFile(journal, 'utf8');
    await writeFile(journal, text.slice(0, -30));

    const lines = text.trimEnd().split('\n').length;
    expect((await run(IMAGES, [source])).reused).toBe(lines - 1);
    expect((await run(IMAGES, [source])).reused).toBe(12);
  });
});
