/** Trainings with chosen variances of images, seeds and their interaction, for tests of resampling. */
import type { SeededSystem } from '../seeded-system.js';
import { runOf } from './scored-images.js';

/** Factors of numbers with variance 1 / 3. */
export interface SimulatedSpread {
  readonly image: number;
  readonly seed: number;
  readonly interaction: number;
}

export interface SimulatedDesign {
  readonly images: number;
  readonly seeds: number;
  readonly mean: number;
}

/** [seeds][images]: mean + image + seed + interaction, the three random. */
export function simulateTrainings(
  random: () => number,
  { image, seed, interaction }: SimulatedSpread,
  { images, seeds, mean }: SimulatedDesign,
  ofImages: readonly number[] = Array.from({ length: images }, random),
): number[][] {
  return Array.from({ length: seeds }, () => {
    const ofSeed = random() * seed;
    return ofImages.map((ofImage) => mean + ofImage * image + ofSeed + random() * interaction);
  });
}

/** Training seeds count from 1. */
export function systemOf(name: string, runs: readonly (readonly number[])[]): SeededSystem {
  return {
    name,
    runs: runs.map((values, index) => ({
      trainingSeed: index + 1,
      statistics: runOf(name, values).statistics,
    })),
  };
}
