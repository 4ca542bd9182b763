/** What the rewards of samples are compared with. Rewards lie in one row, those of an image side by side. */
import { elementOf } from '../element-of.js';

/** By image, its samples. */
type Samples = readonly (readonly unknown[])[];

/** The value of each image, once for each of its samples. */
export function repeated(values: Float64Array, samples: Samples): Float64Array {
  return Float64Array.from(
    samples.flatMap((ofImage, i) => ofImage.map(() => elementOf(values, i))),
  );
}

/** For each sample the mean reward of all samples of its image (Cornia et al. 2020). */
export function meansOfImages(rewards: Float64Array, samples: Samples): Float64Array {
  let start = 0;
  const means = Float64Array.from(samples, ({ length }) => {
    start += length;
    return mean(rewards.subarray(start - length, start));
  });
  return repeated(means, samples);
}

/** For each sample the mean reward of the others of its image (Luo 2020). */
export function meansOfOthers(rewards: Float64Array, samples: Samples): Float64Array {
  const counts = samples.flatMap(({ length }) => Array.from({ length }, () => length));
  return meansOfImages(rewards, samples).map((average, i) => {
    const count = elementOf(counts, i);
    return (count * average - elementOf(rewards, i)) / (count - 1);
  });
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i] ?? 0;
  return sum / values.length;
}
