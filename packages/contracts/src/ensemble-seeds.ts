/** Which seeds an ensemble may have, so that no training is a member twice in one row of a table. */

/**
 * The ensemble of seed s decodes with the trainings of the seeds s, s + 1, …, s + ensemble - 1. Scores
 * that share a training are not independent, so their deviation and tests over seeds would mislead. The
 * first of the seeds that share one stays.
 * @returns by seed why the row cannot have it; a seed without a fault is not there
 */
export function faultsOfSeeds(
  seeds: readonly number[],
  ensemble: number,
): ReadonlyMap<number, string> {
  /** The seed of the ensemble that a training is a member of. */
  const ownerOf = new Map<number, number>();
  const faults = new Map<number, string>();
  for (const seed of new Set(seeds)) {
    const largest = Number.MAX_SAFE_INTEGER - (ensemble - 1);
    if (seed > largest) {
      faults.set(seed, `the largest seed of an ensemble of ${ensemble} is ${largest}`);
      continue;
    }
    const members = Array.from({ length: ensemble }, (_, i) => seed + i);
    const shared = members.find((member) => ownerOf.has(member));
    if (shared === undefined) {
      for (const member of members) ownerOf.set(member, seed);
      continue;
    }
    const apart = Array.from({ length: 3 }, (_, i) => Math.min(...seeds) + i * ensemble);
    faults.set(
      seed,
      `with decode.ensemble ${ensemble} the seeds must be at least ${ensemble} apart: seeds ${ownerOf.get(shared)} and ${seed} share the training of seed ${shared}; use e.g. [${apart.join(', ')}]`,
    );
  }
  return faults;
}
