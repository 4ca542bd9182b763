/** Signatures are fields apart by `|`: what several have in common, and what tells them apart. */

/** The fields that all have, in the order of the first. */
export function commonFields(signatures: readonly string[]): string[] {
  const [first = '', ...others] = signatures;
  const sets = others.map((signature) => new Set(signature.split('|')));
  return first.split('|').filter((field) => field !== '' && sets.every((set) => set.has(field)));
}

/** Of each signature the fields that not all have; the whole where that says nothing. */
export function tellApart(signatures: readonly string[]): string[] {
  const common = new Set(commonFields(signatures));
  return signatures.map((signature) => {
    const own = signature.split('|').filter((field) => !common.has(field));
    return own.length === 0 ? signature : own.join('|');
  });
}
