/** Rows of text as a table in Markdown, padded so that it reads well as it is. */

export interface Column {
  readonly name: string;
  /** On the left; numbers are on the right. */
  readonly isText: boolean;
}

export function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const widths = columns.map(({ name }, i) =>
    Math.max(name.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = columns.map(({ isText }, i) => {
      const [cell, width] = [cells[i] ?? '', widths[i] ?? 0];
      return isText ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = columns.map(({ isText }, i) => {
    const dashes = '-'.repeat(widths[i] ?? 0);
    return isText ? dashes : `${dashes.slice(1)}:`;
  });
  return [line(columns.map(({ name }) => name)), line(rule), ...rows.map(line)].join('\n');
}
