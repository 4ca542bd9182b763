/** Registered word vectors on their way into a training. */
import { rm } from 'node:fs/promises';
import {
  DecodeSpec,
  TrainingSpec,
  type FeaturesResult,
  type TrainingResult,
  type VectorFiles,
} from '@capgrid/contracts';
import { Vocabulary } from '@capgrid/data';
import { METRICS_MAJOR } from '@capgrid/metrics';
import { decodeWeights, encodeSafetensors } from '@capgrid/models';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from './read-bytes.js';
import { ofKind, runInProcess } from './testing/run-in-process.js';
import { makeTinyDataset, tinySpec, type TinyDataset } from './testing/tiny-dataset.js';
import { evaluationWorkOf, trainingWorkOf } from './testing/work-of.js';
import { loadVectors } from './word-vectors.js';

let data: TinyDataset;
beforeAll(async () => {
  data = await makeTinyDataset();
});
afterAll(() => rm(data.folder, { recursive: true }));

/** The row of a word is its place in the list, `width` times. */
async function filesOf(
  words: readonly string[],
  width = 2,
  values = Float32Array.from({ length: words.length * width }, (_, i) => Math.floor(i / width)),
): Promise<VectorFiles> {
  const table = { name: 'vectors', shape: [values.length / width, width], values };
  return {
    vectorsSha256: await data.store.put(encodeSafetensors([table])),
    wordsSha256: await data.store.put(Buffer.from(JSON.stringify(words))),
  };
}

function specOf(vectors: object): TrainingSpec {
  const { model } = tinySpec();
  return TrainingSpec.parse({ ...tinySpec(), model: { ...model, vectors } });
}

describe('loading', () => {
  const vocabulary = new Vocabulary(['<pad>', '<unk>', '<s>', '</s>', 'a', 'dog', 'runs']);
  const load = (vectors: VectorFiles | null, captions = [['a', 'dog', 'runs', 'fast']]) =>
    loadVectors({ spec: specOf({ name: 'glove' }), vectors }, vocabulary, captions, data.store);

  it('takes the row of each word, and of one that is only there in capitals the first', async () => {
    const loaded = await load(await filesOf(['Dog', 'a', 'DOG', 'A', 'cat']));
    const [a, dog] = [Float32Array.of(1, 1), Float32Array.of(0, 0)];
    expect(loaded?.vectors).toEqual({ width: 2, rows: [null, null, null, null, a, dog, null] });
  });

  it('counts the words of the training captions that have one, each time they occur', async () => {
    const files = await filesOf(['dog', 'runs', '<unk>']);
    expect((await load(files))?.coverage).toBe(0.5);
    expect((await load(files, [['dog'], ['dog'], ['dog'], ['fast']]))?.coverage).toBe(0.75);
  });

  it('gives none to a model that starts without', async () => {
    const work = { spec: specOf({}), vectors: null };
    expect(await loadVectors(work, vocabulary, [['a']], data.store)).toBeNull();
  });

  it.each([
    ['no files', null, 'came without their files'],
    ['words of another language', ['un', 'chien'], 'No word of the training captions has a vector'],
    ['more rows than words', ['a'], 'have 2 rows for 1 words'],
  ])('%s are told', async (_what, words, message) => {
    const values = words?.length === 1 ? new Float32Array(4) : undefined;
    const files = words === null ? null : await filesOf(words, 2, values);
    await expect(load(files)).rejects.toMatchObject({
      code: 'vectors-input',
      isRetryable: false,
      message: expect.stringContaining(message),
    });
  });

  it('a number that is not finite is told with its word', async () => {
    const files = await filesOf(['a', 'dog'], 2, Float32Array.of(1, 2, 3, Number.NaN));
    await expect(load(files)).rejects.toThrow('The vector of "dog" in "glove"');
    const unused = await filesOf(['a', 'horse'], 2, Float32Array.of(1, 2, 3, Number.NaN));
    expect((await load(unused))?.coverage).toBe(0.25);
  });
});

describe('a training with vectors', () => {
  let features: FeaturesResult;
  let vectors: VectorFiles;
  const COLOURS = ['red', 'green', 'blue', 'yellow'];
  beforeAll(async () => {
    const { encoder } = tinySpec();
    const work = { kind: 'features' as const, datasetDigest: data.digest, limit: null, encoder };
    const { result } = await runInProcess(
      { ...work, plan: null, precomputedSha256: null },
      data.folder,
    );
    features = ofKind(result, 'features');
    vectors = await filesOf(['a', ...COLOURS], 4);
  });

  async function train(trainFrom: number | null): Promise<TrainingResult> {
    const spec = specOf({ name: 'places', trainFrom });
    const { featuresSha256 } = features;
    const work = trainingWorkOf({ spec, datasetDigest: data.digest, featuresSha256, vectors });
    return ofKind((await runInProcess(work, data.folder)).result, 'training');
  }

  /** Of the colours that the captions name: the vectors that the training ended with. */
  async function rowsOf({ weightsSha256, vocabularySha256 }: TrainingResult) {
    const { arrays } = decodeWeights(await readBytes(data.store, weightsSha256));
    const table = arrays.find(({ name }) => name === 'embedding.vectors');
    const text = (await data.store.read(vocabularySha256)).toString('utf8');
    const { words } = JSON.parse(text) as { words: string[] };
    return new Map(
      COLOURS.filter((colour) => words.includes(colour)).map((colour) => {
        const id = words.indexOf(colour);
        return [colour, Array.from(table?.values.slice(4 * id, 4 * id + 4) ?? [])];
      }),
    );
  }

  it('says how many words have one, keeps frozen ones, and its weights write captions', async () => {
    const frozen = await train(null);
    expect(frozen.vectorCoverage).toBeGreaterThan(0.1);
    expect(frozen.vectorCoverage).toBeLessThan(0.9);
    const rows = await rowsOf(frozen);
    expect(rows.size).toBeGreaterThan(1);
    for (const [colour, row] of rows) {
      expect(row).toEqual(Array.from({ length: 4 }, () => 1 + COLOURS.indexOf(colour)));
    }
    const { result } = await runInProcess(
      evaluationWorkOf({
        spec: specOf({ name: 'places', trainFrom: null }),
        decode: DecodeSpec.parse({ beam: 2, maxWords: 8 }),
        scoring: { version: METRICS_MAJOR, meteorParaphrasesSha256: null, spiceJarSha256: null },
        datasetDigest: data.digest,
        featuresSha256: features.featuresSha256,
        weightsSha256: frozen.weightsSha256,
        vocabularySha256: frozen.vocabularySha256,
      }),
      data.folder,
    );
    expect(ofKind(result, 'evaluation').captions).toBe(5);
  });

  it('trains the others', async () => {
    const rows = await rowsOf(await train(0));
    expect([...rows.values()].flat().every(Number.isInteger)).toBe(false);
  });
});
