/** Positions of a caption in plain numbers, for tests that compute equations a second time. */
import type { Vector } from './plain-numbers.js';

/** Vaswani et al. 2017, section 3.5; as in sockeye all sines stand before all cosines. */
export function plainSinusoid(position: number, width: number): Vector {
  const angles = Array.from(
    { length: width / 2 },
    (_, i) => position / 10_000 ** ((2 * i) / width),
  );
  return [...angles.map(Math.sin), ...angles.map(Math.cos)];
}
