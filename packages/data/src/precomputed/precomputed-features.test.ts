import { mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findArrays } from './find-arrays.js';
import { openPrecomputed, readRegions } from './precomputed-features.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-precomputed-'));
  path = join(folder, 'regions.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

interface Given {
  dtype?: string;
  shape: number[];
  /** Of F32, unless bytes are given. */
  values: number[] | Uint8Array;
}

/** As safetensors lays a file out. */
async function save(arrays: Record<string, Given>): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { dtype = 'F32', shape, values }] of Object.entries(arrays)) {
    const isRaw = values instanceof Uint8Array;
    const bytes = isRaw ? values : new Uint8Array(Float32Array.from(values).buffer);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    offset += bytes.byteLength;
    parts.push(bytes);
  }
  await write(JSON.stringify(header), Buffer.concat(parts));
}

async function write(header: string, data: Uint8Array): Promise<void> {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  await writeFile(path, Buffer.concat([length, Buffer.from(header), data]));
}

const TWO = { a: { shape: [1, 2], values: [1, 2] }, b: { shape: [2, 2], values: [3, 4, 5, 6] } };

test('arrays are read in any order, with zeros behind the regions of the smaller', async () => {
  await save(TWO);
  const file = await openPrecomputed(path);
  expect(file.channels).toBe(2);
  expect(file.arrays.map(({ name, regions }) => [name, regions])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  const rows = await readRegions(file, [...file.arrays].reverse(), 3);
  expect([...rows]).toEqual([3, 4, 5, 6, 0, 0, 1, 2, 0, 0, 0, 0]);
});

test('16-bit floats become the numbers that they stand for', async () => {
  // 1, -2, 65504 (the largest), 2^-24 (the smallest) as binary16; 1, -2, 3.140625, 0 as bfloat16.
  const f16 = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001).buffer);
  const bf16 = new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x0000).buffer);
  await save({
    half: { dtype: 'F16', shape: [2, 2], values: f16 },
    brain: { dtype: 'BF16', shape: [2, 2], values: bf16 },
  });
  const file = await openPrecomputed(path);
  const rows = await readRegions(file, file.arrays, 2);
  expect([...rows]).toEqual([1, -2, 65504, 2 ** -24, 1, -2, 3.140625, 0]);
});

test.each([
  ['NaN', 'F32', new Uint8Array(Float32Array.of(NaN).buffer)],
  ['infinity', 'F16', new Uint8Array(Uint16Array.of(0x7c00).buffer)],
])('%s is refused when it is read', async (_what, dtype, values) => {
  await save({ a: { dtype, shape: [1, 1], values } });
  const file = await openPrecomputed(path, 'The file');
  await expect(readRegions(file, file.arrays, 1)).rejects.toMatchObject({
    code: 'precomputed-invalid',
    message: 'The file has numbers in "a" that are not finite. Compute it again.',
  });
});

describe('a file is refused', () => {
  const refuses = (message: string, code = 'precomputed-invalid') =>
    expect(openPrecomputed(path, 'The file')).rejects.toMatchObject({ code, message });
  const NO_SAFETENSORS = 'safetensors-invalid';
  const NOT = 'The file is no safetensors file. Save it as safetensors.';

  test.each(['', 'text', 'a longer text, whose first bytes are no length'])(
    'that holds %j',
    async (text) => {
      await writeFile(path, text);
      await refuses(NOT, NO_SAFETENSORS);
    },
  );

  test.each(['{"a":', '[1]', 'null', '{"a":{"dtype":"F32","shape":[1,2]}}'])(
    'whose header is %s',
    async (header) => {
      await write(header, new Uint8Array(8));
      await refuses(NOT, NO_SAFETENSORS);
    },
  );

  test('that was cut short, in its arrays or in its header', async () => {
    await save({ a: { shape: [1, 2], values: [1, 2] } });
    const { size } = await stat(path);
    const told = (has: number, asks: number) =>
      refuses(
        `The file has ${has} bytes, its header asks for ${asks}: it was cut short. Copy it again.`,
        NO_SAFETENSORS,
      );
    await truncate(path, size - 1);
    await told(size - 1, size);
    await truncate(path, size - 9);
    await told(size - 9, size - 8);
  });

  test.each([[[4]], [[1, 2, 2]], [[0, 4]], [[4, 0]]])('with an array %j', async (shape) => {
    const size = shape.reduce((product, n) => product * n, 1);
    await save({ ...TWO, c: { shape, values: Array.from({ length: size }, () => 0) } });
    await refuses(
      `The file has "c" of shape [${shape.join(', ')}]. Give each image an array [regions, channels], both at least 1.`,
    );
  });

  test('with another number of channels', async () => {
    await save({ ...TWO, c: { shape: [1, 3], values: [0, 0, 0] } });
    await refuses(
      'The file has 2 channels in "a" and 3 in "c". Take all features from one network.',
    );
  });

  test('with another type of numbers', async () => {
    await save({ a: { dtype: 'F64', shape: [1, 1], values: [0, 0] } });
    await refuses('The file has "a" of type F64. Save F32, F16 or BF16.');
  });

  test('with a byte range that its shape does not fill', async () => {
    await save({ a: { shape: [2, 1], values: [0] } });
    await refuses('The file keeps 4 bytes of "a" for 8. Save it again.');
  });

  test('without arrays', async () => {
    await save({});
    await refuses('The file has no arrays. Save one for each image.');
  });

  test('that is not there', async () => {
    await expect(openPrecomputed(path)).rejects.toMatchObject({ code: 'object-missing' });
  });
});

describe('images find their arrays', () => {
  const images = [
    { id: '7', fileName: 'b.jpg' },
    { id: '8', fileName: 'a.png' },
  ];
  const named = async (...names: string[]) => {
    await save(Object.fromEntries(names.map((name) => [name, { shape: [1, 1], values: [0] }])));
    return openPrecomputed(path, 'The file');
  };
  const found = async (...names: string[]) =>
    findArrays(await named(...names), images).map(({ name }) => name);

  test('by file name, with or without extension, or by id; more arrays do no harm', async () => {
    expect(await found('a.png', 'x.png', 'b.jpg')).toEqual(['b.jpg', 'a.png']);
    expect(await found('a', 'b')).toEqual(['b', 'a']);
    expect(await found('8', '7')).toEqual(['7', '8']);
  });

  test('all in the same way: an id that is the file name of another is not mistaken', async () => {
    const swapped = [
      { id: '1', fileName: '2.jpg' },
      { id: '2', fileName: '1.jpg' },
    ];
    const names = findArrays(await named('1.jpg', '2.jpg'), swapped).map(({ name }) => name);
    expect(names).toEqual(['2.jpg', '1.jpg']);
    await expect(found('a.png', 'b')).rejects.toMatchObject({ code: 'precomputed-images' });
  });

  test('names that two images share belong to neither', async () => {
    const file = await named('a', '7', '8');
    const twins = [
      { id: '7', fileName: 'a.jpg' },
      { id: '8', fileName: 'a.png' },
    ];
    expect(findArrays(file, twins).map(({ name }) => name)).toEqual(['7', '8']);
  });

  test('or the first that do not are named, with their number', async () => {
    const many = Array.from({ length: 6 }, (_, i) => ({ id: `${i}`, fileName: `${i}.jpg` }));
    const file = await named('1.jpg', '4.jpg');
    expect(() => findArrays(file, many)).toThrow(
      'The file has no array for 4 of 6 images, by file name: "0.jpg", "2.jpg", "3.jpg" and 1 more. ' +
        'Compute them too, or import the dataset without these images.',
    );
  });

  test('or both kinds of names are shown where none fits', async () => {
    const file = await named('x', 'y');
    expect(() => findArrays(file, images)).toThrow(
      'The file has none of the 2 images: its arrays are named "x", "y", the files of the images ' +
        '"b.jpg", "a.png", their ids are "7", "8". Name the arrays by file name or id.',
    );
  });
});
