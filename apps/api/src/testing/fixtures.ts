/** A dataset in the store, sweeps over it, and results as a trainer reports them. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  callApi,
  routes,
  storePath,
  type Claim,
  type DatasetManifest,
  type MeasuredScores,
  type Scores,
  type Sweep,
  type SweepSpecInput,
  type TaskResult,
  type TrainingWork,
  type Work,
} from '@capgrid/contracts';
import type { TestApi } from './start-test-api.js';

/** The smallest JPEG head; enough to be recognised. */
export const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1]);

export function sha256Of(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

export async function putFile(
  api: Pick<TestApi, 'env'>,
  bytes: string | Uint8Array,
): Promise<string> {
  const sha256 = sha256Of(bytes);
  const path = storedPath(api, sha256);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return sha256;
}

export function storedPath({ env }: Pick<TestApi, 'env'>, sha256: string): string {
  return join(env.home, 'store', storePath(sha256));
}

export function manifestOf(source: string, imageSha256: string): DatasetManifest {
  return {
    version: 1,
    source,
    images: (['train', 'val', 'test'] as const).map((split, index) => ({
      id: String(index),
      fileName: `${split}.jpg`,
      sha256: imageSha256,
      width: 64,
      height: 64,
      split,
      captions: [{ raw: 'A red circle.', tokens: ['a', 'red', 'circle'] }],
      objects: [{ shape: 'circle', colour: 'red', size: 'big', x: 32, y: 32, radius: 9 }],
    })),
    quarantined: [],
  };
}

/** Registers dataset `scenes`; gives the digest of its manifest. */
export async function registerScenes(api: TestApi, source = 'scenes seed 1'): Promise<string> {
  const manifest = manifestOf(source, await putFile(api, JPEG));
  const digest = await putFile(api, JSON.stringify(manifest));
  await callApi(api.client, routes.registerDataset, {
    body: { name: 'scenes', digest, replace: true },
  });
  return digest;
}

/** Two attentions, two beams: four trials, two trainings, one feature set. */
export function sweepOf(overrides: Partial<SweepSpecInput> = {}): SweepSpecInput {
  return {
    name: 'attention and beam',
    dataset: 'scenes',
    base: { encoder: { kind: 'scenes-cnn' } },
    grid: { 'model.attention.kind': ['none', 'mlp'], 'decode.beam': [1, 3] },
    ...overrides,
  };
}

/** Registers dataset `scenes` and launches a sweep over it. */
export async function launchScenes(api: TestApi, spec = sweepOf()): Promise<Sweep> {
  await registerScenes(api);
  return callApi(api.client, routes.launchSweep, { body: { spec } });
}

const ENGINE = { name: 'wasm', version: '4.22.0', device: 'cpu', threads: 1, blas: null };

/** Each with a signature of its own. */
export function measuredOf(scores: Scores, fields = 'v:1|refs:1-00|images:1-00'): MeasuredScores {
  return Object.fromEntries(
    Object.entries(scores).map(([name, value]) => {
      const label = name === 'meteor' ? 'METEOR (exact, stem, synonym)' : name;
      return [name, { value, signature: `${label}|${fields}`, interval: null }];
    }),
  );
}

/** What a trainer would answer to a claim. */
export function resultOf({ work }: Claim, predictionsSha256 = sha256Of('predictions')): TaskResult {
  switch (work.kind) {
    case 'features':
      return {
        kind: 'features',
        featuresSha256: sha256Of('features'),
        encoderSha256: sha256Of('encoder'),
        regions: 49,
        channels: 64,
        images: 3,
        engine: ENGINE,
      };
    case 'training':
      return {
        kind: 'training',
        weightsSha256: sha256Of(weightsOf(work)),
        vocabularySha256: sha256Of('vocabulary'),
        vocabularySize: 80,
        parameters: 1000,
        bestStep: 40,
        steps: 60,
        epochs: 3,
        bestPerplexity: 2.5,
        bestCiderD: work.spec.schedule.selfCritical.epochs > 0 ? 0.9 : null,
        stopReason: 'early-stop',
        vectorCoverage: work.vectors === null ? null : 0.96,
        engine: ENGINE,
        earlierEngines: [],
      };
    case 'evaluation': {
      const bleu4 = work.decode.beam / 10;
      return {
        kind: 'evaluation',
        predictionsSha256,
        scores: measuredOf({
          bleu1: 0.9,
          bleu2: 0.8,
          bleu3: 0.7,
          bleu4,
          meteor: 0.3,
          rougeL: 0.6,
          ciderD: 2.5,
        }),
        captions: 1,
        engine: ENGINE,
      };
    }
  }
}

/** The files of that answer, in the store. */
export async function putResult(api: Pick<TestApi, 'env'>, { work }: Claim): Promise<void> {
  for (const bytes of filesOf(work)) await putFile(api, bytes);
}

function filesOf(work: Work): string[] {
  switch (work.kind) {
    case 'features':
      return ['features', 'encoder'];
    case 'training':
      return [weightsOf(work), 'vocabulary'];
    case 'evaluation':
      return ['predictions'];
  }
}

function weightsOf({ spec }: TrainingWork): string {
  return JSON.stringify(spec);
}
