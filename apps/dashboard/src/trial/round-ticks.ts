/** Ticks of an axis that ends where its data does. */

/**
 * The multiples of 1, 2 or 5 times a power of ten from 0 to `last`, as close as `most` ticks allow.
 * @param last a step, 1 or more
 */
export function roundTicks(last: number, most: number): number[] {
  let unit = 1;
  for (;;) {
    for (const factor of [1, 2, 5]) {
      const apart = factor * unit;
      const count = Math.floor(last / apart) + 1;
      if (count <= most) return Array.from({ length: count }, (_, index) => index * apart);
    }
    unit *= 10;
  }
}
