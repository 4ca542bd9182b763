/** Dropped cells by their causes, which are few where the cells are many. */
import { describeAssignment } from './expand-sweep.js';
import type { DroppedCell } from './sweep.js';

export type DroppedCause = {
  reason: DroppedCell['reason'];
  /** The whole message where it is that of all cells. */
  cause: string;
  cells: number;
  /** The first assignments with their seeds: `model.hidden=10, seeds 1, 2, 3 and 1 more`. */
  examples: string[];
  /** Cells that no example stands for. */
  unlisted: number;
};

export type DroppedCauses = {
  cells: number;
  /** Those of most cells first. */
  causes: DroppedCause[];
  /** How many causes beside these there are, and their cells. */
  unlisted: { causes: number; cells: number };
};

/** Of an example. */
const SHOWN_SEEDS = 3;

/** `shown`: at most so many causes, and so many examples of each. */
export function groupDropped(
  dropped: readonly DroppedCell[],
  shown: { causes: number; examples: number },
): DroppedCauses {
  const byCause = new Map<string, DroppedCell[]>();
  for (const cell of dropped) {
    const cause = `${cell.reason}: ${cell.cause ?? cell.message}`;
    const alike = byCause.get(cause);
    if (alike === undefined) byCause.set(cause, [cell]);
    else alike.push(cell);
  }
  const groups = [...byCause.values()].toSorted((a, b) => b.length - a.length);
  const listed = groups.slice(0, shown.causes);
  const cells = listed.reduce((sum, { length }) => sum + length, 0);
  return {
    cells: dropped.length,
    causes: listed.flatMap((group) => describeGroup(group, shown.examples)),
    unlisted: { causes: groups.length - listed.length, cells: dropped.length - cells },
  };
}

/** None of no cells. */
function describeGroup(cells: readonly DroppedCell[], shown: number): DroppedCause[] {
  const [first] = cells;
  if (first === undefined) return [];
  const seedsOf = new Map<string, number[]>();
  for (const { assignment, seed } of cells) {
    const name = describeAssignment(assignment);
    const seeds = seedsOf.get(name);
    if (seeds !== undefined) seeds.push(seed);
    else seedsOf.set(name, [seed]);
  }
  const examples = [...seedsOf].slice(0, shown);
  const isSaidOfAll = cells.every(({ message }) => message === first.message);
  return [
    {
      reason: first.reason,
      cause: isSaidOfAll ? first.message : (first.cause ?? first.message),
      cells: cells.length,
      examples: examples.map(([name, seeds]) => `${name}, ${listSeeds(seeds)}`),
      unlisted: cells.length - examples.reduce((sum, [, seeds]) => sum + seeds.length, 0),
    },
  ];
}

function listSeeds(seeds: readonly number[]): string {
  const more = seeds.length > SHOWN_SEEDS ? ` and ${seeds.length - SHOWN_SEEDS} more` : '';
  const first = seeds.slice(0, SHOWN_SEEDS).join(', ');
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${first}${more}`;
}
