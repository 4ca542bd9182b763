/** Cells that are no trial: each cause once, with how many it drops and the first of them. */
import { groupDropped, type DroppedCause, type DroppedCell } from '@capgrid/contracts';
import { printable } from '../table/printable.js';

const SHOWN = { causes: 20, examples: 3 };

/** `dropped 12 cells: duplicate, the decoder nic has no model.heads`, then the first assignments. */
export function droppedLines(dropped: readonly DroppedCell[]): string[] {
  const { causes, unlisted } = groupDropped(dropped, SHOWN);
  const more =
    unlisted.cells > 0
      ? [`dropped ${unlisted.cells} more for other causes, all of them with --json`]
      : [];
  return [...causes.flatMap(linesOf), ...more].map(printable);
}

function linesOf({ reason, cause, cells, examples, unlisted }: DroppedCause): string[] {
  if (cells === 1) return [`dropped: ${examples.join('')}: ${reason}, ${cause}`];
  return [
    `dropped ${cells} cells: ${reason}, ${cause}`,
    ...examples.map((example) => `  ${example}`),
    ...(unlisted > 0 ? [`  and ${unlisted} more, all of them with --json`] : []),
  ];
}
