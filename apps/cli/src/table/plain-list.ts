/** Lists such as `sweep list`: a heading and aligned columns. */
import { renderTable, type TableStyle, type TextColumn } from './booktabs.js';
import { printable } from './printable.js';

export function renderList(
  labels: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const columns = labels.map((label, index): TextColumn => ({
    label: printable(label),
    group: null,
    align: rows.length > 0 && rows.every((row) => isNumberOrNone(row[index])) ? 'right' : 'left',
  }));
  return renderTable(
    columns,
    rows.map((row) => row.map((text) => ({ text: printable(text) }))),
    style,
  );
}

function isNumberOrNone(text: string | undefined): boolean {
  return text !== undefined && /^(\d+|[–-])$/.test(text);
}
