/** Signatures are fields apart by `|`. */

/** The fields that all have, in the order of the first. */
export function commonFields(signatures: readonly string[]): string[] {
  const [first = '', ...others] = signatures;
  const sets = others.map((signature) => new Set(signature.split('|')));
  return first.split('|').filter((field) => field !== '' && sets.every((set) => set.has(field)));
}
