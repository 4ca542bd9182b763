/** Cells that are no trial: each cause once, with how many it drops and the first of them. */
import { causeOfDrop, describeAssignment, type DroppedCell } from '@capgrid/contracts';
import { printable } from '../table/printable.js';

/** Of a cause, and seeds of an assignment. */
const SHOWN = 3;

/** `dropped 12 cells: duplicate, the decoder nic has no model.heads`, then the first assignments. */
export function droppedLines(dropped: readonly DroppedCell[]): string[] {
  const byCause = new Map<string, DroppedCell[]>();
  for (const cell of dropped) {
    const cause = `${cell.reason}, ${causeOfDrop(cell)}`;
    const alike = byCause.get(cause) ?? [];
    alike.push(cell);
    byCause.set(cause, alike);
  }
  return [...byCause].flatMap(([cause, cells]) => linesOf(cause, cells));
}

function linesOf(cause: string, cells: readonly DroppedCell[]): string[] {
  const [first] = cells;
  if (first !== undefined && cells.length === 1) {
    const { assignment, seed, reason, message } = first;
    const cell = `${printable(describeAssignment(assignment))}, seed ${seed}`;
    return [`dropped: ${cell}: ${reason}, ${printable(message)}`];
  }
  const seedsOf = new Map<string, number[]>();
  for (const { assignment, seed } of cells) {
    const name = printable(describeAssignment(assignment));
    const seeds = seedsOf.get(name) ?? [];
    seeds.push(seed);
    seedsOf.set(name, seeds);
  }
  const examples = [...seedsOf].slice(0, SHOWN);
  const left = cells.length - examples.reduce((sum, [, seeds]) => sum + seeds.length, 0);
  return [
    `dropped ${cells.length} cells: ${printable(cause)}`,
    ...examples.map(([name, seeds]) => `  ${name}, ${listSeeds(seeds)}`),
    ...(left > 0 ? [`  and ${left} more, all of them with --json`] : []),
  ];
}

function listSeeds(seeds: readonly number[]): string {
  const more = seeds.length > SHOWN ? ` and ${seeds.length - SHOWN} more` : '';
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.slice(0, SHOWN).join(', ')}${more}`;
}
