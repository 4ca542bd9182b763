/** Features of another program, as a detector gives them, from their file to a training. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { TrainingSpec, type DatasetImage, type FeaturesWork } from '@capgrid/contracts';
import { openFeatures, readManifest, selectImages } from '@capgrid/data';
import { decodeWeights, encodeSafetensors } from '@capgrid/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from './read-bytes.js';
import { ofKind, runInProcess } from './testing/run-in-process.js';
import { makeTinyDataset, type TinyDataset } from './testing/tiny-dataset.js';
import { trainingWorkOf } from './testing/work-of.js';

let data: TinyDataset;
let images: DatasetImage[];

beforeAll(async () => {
  data = await makeTinyDataset();
  images = selectImages(await readManifest(data.store, data.digest), null);
});
afterAll(async () => {
  await rm(data.folder, { recursive: true });
});

const CHANNELS = 3;
const ENCODER = { kind: 'features' as const, name: 'regions' };
/** One region for some images, two for the others. */
const unequal = (place: number): number => 1 + (place % 2);

/** A file of the store, last image first, numbers that tell image, region and channel. */
async function saveRegions(
  of: readonly DatasetImage[],
  regionsOf: (place: number) => number,
): Promise<string> {
  const arrays = of.map(({ fileName }, place) => {
    const shape = [regionsOf(place), CHANNELS];
    const values = Float32Array.from(
      { length: regionsOf(place) * CHANNELS },
      (_, i) => place / of.length + i / 10,
    );
    return { name: fileName, shape, values };
  });
  return data.store.put(encodeSafetensors(arrays.reverse(), {}));
}

function workOf(precomputedSha256: string | null, limit: number | null = null): FeaturesWork {
  const datasetDigest = data.digest;
  return {
    kind: 'features',
    datasetDigest,
    limit,
    encoder: ENCODER,
    plan: null,
    precomputedSha256,
  };
}

async function extract(work: FeaturesWork) {
  return ofKind((await runInProcess(work, data.folder)).result, 'features');
}

describe('the features of a file', () => {
  it('are padded with zeros to the largest image, with the number of regions of each', async () => {
    const result = await extract(workOf(await saveRegions(images, unequal)));
    const shape = { regions: 2, channels: CHANNELS, images: images.length, encoderSha256: null };
    expect(result).toMatchObject({ ...shape, engine: null });
    const reader = await openFeatures(data.store.pathOf(result.featuresSha256));
    expect(reader.counts).toEqual(images.map((_, place) => unequal(place)));
    const row = reader.batch([reader.indexOf(images[4]?.id ?? '')]);
    const first = 4 / images.length;
    expect(row).toEqual(Float32Array.of(first, first + 0.1, first + 0.2, 0, 0, 0));
  });

  it('have no counts where all images of the task have as many', async () => {
    const chosen = selectImages(await readManifest(data.store, data.digest), 6);
    const used = new Set(chosen.map(({ id }) => id));
    const sha256 = await saveRegions(images, (place) =>
      used.has(images[place]?.id ?? '') ? 2 : 5,
    );
    const result = await extract(workOf(sha256, 6));
    expect(result).toMatchObject({ regions: 2, images: 6 });
    expect((await openFeatures(data.store.pathOf(result.featuresSha256))).counts).toBeNull();
  });

  it('must be of all images of the dataset; the first that are missing are named', async () => {
    const work = workOf(await saveRegions(images.slice(0, -4), unequal));
    const [first, second, third] = images.slice(-4).map(({ fileName }) => `"${fileName}"`);
    await expect(runInProcess(work, data.folder)).rejects.toMatchObject({
      code: 'precomputed-images',
      message: `The file of the features "regions" has no array for 4 of 35 images, by file name: ${first}, ${second}, ${third} and 1 more. Compute them too, or import the dataset without these images.`,
    });
  });

  it.each([
    { damage: 'in its header', place: 20 },
    { damage: 'in its numbers', place: -4 },
  ])(
    'are moved aside where the file is damaged $damage, to be imported again',
    async ({ place }) => {
      const sha256 = await saveRegions(images, () => 1);
      const path = data.store.pathOf(sha256);
      const bytes = await readFile(path);
      // No text, and no finite number.
      bytes.subarray(place).subarray(0, 4).fill(0xff);
      await writeFile(path, bytes);
      await expect(runInProcess(workOf(sha256), data.folder)).rejects.toMatchObject({
        code: 'object-corrupt',
        message: expect.stringContaining('If it was imported, import it again.'),
      });
      expect(await saveRegions(images, () => 1)).toBe(sha256);
      expect(await extract(workOf(sha256))).toMatchObject({ regions: 1, images: images.length });
    },
  );

  it('cannot be used without the file', async () => {
    await expect(runInProcess(workOf(null), data.folder)).rejects.toMatchObject({
      code: 'encoder-input',
      message: expect.stringContaining('capgrid encoder add'),
    });
    await expect(runInProcess(workOf('e'.repeat(64)), data.folder)).rejects.toMatchObject({
      code: 'object-missing',
    });
  });
});

/** The numbers that a training of two updates learns. */
async function learned(featuresSha256: string, maskPadding: boolean): Promise<Float32Array[]> {
  const spec = TrainingSpec.parse({
    dataset: 'tiny',
    encoder: ENCODER,
    model: { hidden: 8, embed: 8, global: 'none', maskPadding },
    schedule: { batchSize: 8, maxSteps: 2, checkpointEvery: 2 },
  });
  const work = trainingWorkOf({ spec, datasetDigest: data.digest, featuresSha256 });
  const result = ofKind((await runInProcess(work, data.folder)).result, 'training');
  const { arrays } = decodeWeights(await readBytes(data.store, result.weightsSha256));
  return arrays.map(({ values }) => values);
}

describe('a training', () => {
  it('sees the padding of images with fewer regions only without maskPadding', async () => {
    const { featuresSha256 } = await extract(workOf(await saveRegions(images, unequal)));
    expect(await learned(featuresSha256, true)).not.toEqual(await learned(featuresSha256, false));
  });

  it('is the same with and without maskPadding where there is no padding', async () => {
    const { featuresSha256 } = await extract(workOf(await saveRegions(images, () => 2)));
    expect(await learned(featuresSha256, true)).toEqual(await learned(featuresSha256, false));
  });
});
