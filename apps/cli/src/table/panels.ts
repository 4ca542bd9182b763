/** A table too wide for the terminal as several below each other, each with the heads of its rows. */
import { renderTable, type TableStyle, type TextCell, type TextColumn } from './booktabs.js';

export interface Panel {
  columns: TextColumn[];
  /** Cells in the order of the columns. */
  rows: TextCell[][];
}

/** One table where it fits or where lines may have any length. */
export function renderPanels(heads: Panel, body: Panel, style: TableStyle): string {
  const render = (first: number, end: number): string =>
    renderTable(
      [...heads.columns, ...body.columns.slice(first, end)],
      heads.rows.map((cells, row) => [...cells, ...(body.rows[row] ?? []).slice(first, end)]),
      style,
    );
  const fits = (text: string): boolean => text.indexOf('\n') <= (style.width ?? Infinity);
  const panels: string[] = [];
  let first = 0;
  do {
    let end = body.columns.length;
    // A column wider than the terminal has a panel of its own.
    while (end > first + 1 && !fits(render(first, end))) end -= 1;
    panels.push(render(first, end));
    first = end;
  } while (first < body.columns.length);
  return panels.join('\n\n');
}
