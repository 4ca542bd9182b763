/**
 * Random draws of resampling: MT19937 (Matsumoto and Nishimura 1998), from the package `pure-rand`.
 * Integer arithmetic only, so a seed gives the same draws on every machine.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** Name of the generator, for results. */
export const RESAMPLING_GENERATOR = 'mt19937';

/** Writes weights of one resample; see `ResamplingPlan`. */
export type Draw = (weights: Float64Array, stride: number, lane: number) => void;

/** Each call draws `images` images with replacement; a weight is how often an image was drawn. */
export function bootstrapDraw(images: number, seed: number): Draw {
  const generator = mersenne(seed);
  return (weights, stride, lane) => {
    for (let count = 0; count < images; count += 1) {
      const at = uniformInt(generator, 0, images - 1) * stride + lane;
      weights[at] = (weights[at] ?? 0) + 1;
    }
  };
}

/** Each call tosses a fair coin per image; a weight is 0 or 1. */
export function coinDraw(images: number, seed: number): Draw {
  const generator = mersenne(seed);
  return (weights, stride, lane) => {
    let bits = 0;
    for (let image = 0; image < images; image += 1) {
      bits = image % 32 === 0 ? generator.next() : bits >>> 1;
      weights[image * stride + lane] = bits & 1;
    }
  };
}

/** Each call draws `size` of 0..`count`-1 with replacement. */
export function indexDraw(count: number, size: number, seed: number): () => readonly number[] {
  const generator = mersenne(seed);
  return () => Array.from({ length: size }, () => uniformInt(generator, 0, count - 1));
}
