/**
 * How arrays lie in a safetensors file: one behind the other, in any order, from the first byte of the
 * data to its last (https://github.com/huggingface/safetensors, README, section "Format": no holes, and
 * the whole buffer is indexed).
 */

/** Bytes of the data behind the header, `end` not included. */
interface ArrayRange {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What is wrong with the ranges, e.g. `"b" begins at byte 4 of the data, before the end of "a" at 8`;
 * null where they fill the `bytes` of the data.
 */
export function findLayoutFault(arrays: readonly ArrayRange[], bytes: number): string | null {
  let last: ArrayRange | null = null;
  for (const array of arrays.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const { name, start, end } = array;
    if (end < start) return `"${name}" begins at byte ${start} of the data and ends at ${end}`;
    const before = last?.end ?? 0;
    if (start < before) {
      return `"${name}" begins at byte ${start} of the data, before the end of "${last?.name}" at ${before}`;
    }
    if (start > before) return `bytes ${before} to ${start} of the data belong to no array`;
    last = array;
  }
  const filled = last?.end ?? 0;
  return filled === bytes
    ? null
    : `the arrays fill ${filled} bytes of the data, which has ${bytes}`;
}
