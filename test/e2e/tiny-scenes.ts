/** The smallest dataset and sweep that still go through every part. */
import type { SweepSpecInput } from '@capgrid/contracts';
import type { TestStack } from './test-stack.js';

export const TINY_SCENES = { train: 24, val: 6, test: 8 };

export async function importTinyScenes(stack: TestStack): Promise<string> {
  const sizes = Object.entries(TINY_SCENES).flatMap(([split, count]) => [
    `--${split}`,
    String(count),
  ]);
  return (await stack.succeed('dataset', 'import', 'scenes', ...sizes)).stdout;
}

/** Captions in an update. */
export const BATCH_SIZE = 16;

/** Two trainings with two beam sizes each; the scores mean nothing after ten updates. */
export const TINY_SWEEP = {
  name: 'tiny',
  dataset: 'scenes',
  base: {
    encoder: { kind: 'scenes-cnn', channels: 8, epochs: 1 },
    model: { hidden: 32, embed: 16 },
    schedule: { batchSize: BATCH_SIZE, maxSteps: 10, checkpointEvery: 5 },
    decode: { maxWords: 8 },
  },
  grid: { 'model.attention.kind': ['none', 'dot'], 'decode.beam': [1, 2] },
} satisfies SweepSpecInput;

export const FIRST_CHECKPOINT = 20;

/** One training of so many updates for each seed. */
export function longSweep(name: string, seeds: number[], steps: number): SweepSpecInput {
  const { dataset, base } = TINY_SWEEP;
  const schedule = {
    ...base.schedule,
    maxSteps: steps,
    maxEpochs: steps,
    checkpointEvery: FIRST_CHECKPOINT,
    // It must not end early.
    stopAfter: steps,
  };
  return { name, dataset, base: { ...base, schedule, decode: { maxWords: 8, beam: 1 } }, seeds };
}
