import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkPlanFiles, describeFeaturesFile } from './encoder-files.js';

let folder: string;
let path: string;
let planPath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capgrid-encoder-'));
  path = join(folder, 'file');
  planPath = join(folder, 'plan');
  await writeFile(planPath, JSON.stringify(PLAN));
});
afterEach(() => rm(folder, { recursive: true }));

/** As safetensors lays a file out. */
function safetensors(header: string, data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}

const HEADER = '{"__metadata__":{},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';

const PLAN = {
  name: 'small',
  input: { size: [2, 2], channels: 'RGB', range: 'x' },
  input_tensor: 0,
  feature_map: { tensor: 1, shape: [3, 1, 1] },
  layers: [{ op: 'avgpool', inp: 0, out: 1 }],
};

test('a plan and weights of the right form pass', async () => {
  await writeFile(path, safetensors(HEADER, Buffer.alloc(8)));
  await checkPlanFiles(planPath, path);
});

test('a plan and weights that do not fit are told together', async () => {
  const files = { weight: 'w', bias: 'b' };
  const first = { op: 'conv', name: 'first', inp: 0, out: 1, stride: 2, k: 1, act: 'none' };
  const layers = [{ ...first, cin: 3, cout: 3, ...files }];
  await writeFile(planPath, JSON.stringify({ ...PLAN, layers }));
  await writeFile(path, safetensors(HEADER, Buffer.alloc(8)));
  await expect(checkPlanFiles(planPath, path)).rejects.toMatchObject({
    exitCode: 2,
    message: `${planPath} with ${path} is no encoder: first: "w" should have the shape [3, 3, 1, 1], the file has [2]. Correct the plan or give its own weights.`,
  });
});

/** One array of zeros for each shape. */
async function saveFeatures(shapes: readonly (readonly [number, number])[]): Promise<void> {
  let end = 0;
  const entries = shapes.map((shape, image) => {
    const begin = end;
    end += shape[0] * shape[1] * 4;
    return [`${image}.jpg`, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const header = JSON.stringify(Object.fromEntries(entries));
  await writeFile(path, safetensors(header, Buffer.alloc(end)));
}

test('features are told by their number of images, regions and channels', async () => {
  await saveFeatures([
    [4, 3],
    [1, 3],
    [9, 3],
  ]);
  expect(await describeFeaturesFile(path)).toBe('features of 3 images, 1 to 9 x 3 numbers in each');
  await saveFeatures([
    [4, 3],
    [4, 3],
  ]);
  expect(await describeFeaturesFile(path)).toBe('features of 2 images, 4 x 3 numbers in each');
});

test('features of two networks are a fault of the file, not of the program', async () => {
  await saveFeatures([
    [4, 3],
    [4, 2],
  ]);
  await expect(describeFeaturesFile(path)).rejects.toMatchObject({
    exitCode: 2,
    message: `${path} has 3 channels in "0.jpg" and 2 in "1.jpg". Take all features from one network.`,
  });
});

test.each([
  ['layers: []', 'it is not JSON'],
  ['[]', 'it is []'],
  [JSON.stringify({ ...PLAN, layers: [{ op: 'pool' }] }), 'layers.0.op is "pool"'],
  [
    JSON.stringify({ ...PLAN, input_tensor: 7 }),
    'layers.0.inp is 0: no earlier layer writes this tensor',
  ],
])('%j is no layer plan', async (text, fault) => {
  await writeFile(planPath, text);
  await writeFile(path, safetensors(HEADER, Buffer.alloc(8)));
  const refused = checkPlanFiles(planPath, path);
  await expect(refused).rejects.toMatchObject({ exitCode: 2 });
  await expect(refused).rejects.toThrow(`${planPath} is no layer plan: ${fault}`);
});

test.each([
  ['no bytes', Buffer.alloc(0), 'is no safetensors file'],
  ['text', Buffer.from('these are no weights at all'), 'is no safetensors file'],
  ['a header without JSON', safetensors('{"w":', Buffer.alloc(8)), 'is no safetensors file'],
  ['a header cut short', safetensors(HEADER, Buffer.alloc(8)).subarray(0, 40), 'was cut short'],
  [
    'bytes behind the data',
    safetensors(HEADER, Buffer.alloc(9)),
    'fill 8 bytes of the data, which',
  ],
  ['data cut short', safetensors(HEADER, Buffer.alloc(7)), 'was cut short'],
])('%s are no weights', async (_what, bytes, reason) => {
  await writeFile(path, bytes);
  await expect(checkPlanFiles(planPath, path)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(reason),
  });
});

test.each([
  ['plan', (given: string) => checkPlanFiles(given, planPath)],
  ['weights', (given: string) => checkPlanFiles(planPath, given)],
  ['features', describeFeaturesFile],
])('for the %s, what is no file is told as such', async (_what, check) => {
  const expectReason = (given: string, reason: string) =>
    expect(check(given)).rejects.toMatchObject({
      exitCode: 2,
      message: `Cannot read ${given}: ${reason}.`,
    });
  await expectReason(folder, 'it is a folder');
  await expectReason('/dev/null', 'it is no regular file');
  await expectReason(path, 'there is no such file');
});
