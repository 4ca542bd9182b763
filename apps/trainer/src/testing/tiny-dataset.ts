/** A scenes dataset and a training spec that take seconds. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrainingSpec, type Sha256 } from '@capgrid/contracts';
import type { ScoringFiles } from '../child-messages.js';
import { generateScenes, openFileStore, writeManifest, type FileStore } from '@capgrid/data';

/** METEOR without paraphrases and no SPICE. */
export const NO_SCORING_FILES: ScoringFiles = {
  meteorParaphrases: null,
  spiceJar: null,
  spiceCache: null,
  javaHome: null,
};

export interface TinyDataset {
  folder: string;
  store: FileStore;
  digest: Sha256;
  images: number;
}

export async function makeTinyDataset(): Promise<TinyDataset> {
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-trainer-'));
  const store = await openFileStore(folder);
  const manifest = await generateScenes(store, { seed: 1, train: 24, val: 6, test: 5 });
  return { folder, store, digest: await writeManifest(store, manifest), images: 35 };
}

export function tinySpec(changes: { maxSteps?: number; seed?: number } = {}): TrainingSpec {
  return TrainingSpec.parse({
    dataset: 'tiny',
    encoder: { kind: 'scenes-cnn', channels: 8, epochs: 1 },
    model: { hidden: 16, embed: 16, attention: { kind: 'mlp' } },
    optimizer: { learningRate: 0.01 },
    schedule: {
      batchSize: 16,
      maxEpochs: 50,
      maxSteps: changes.maxSteps ?? 12,
      checkpointEvery: 4,
    },
    seed: changes.seed ?? 1,
  });
}
