/**
 * A table as papers set it: three rules, groups above columns, no vertical lines. Pure text; the
 * caller says whether it may use bold and characters beyond ASCII.
 */

export interface TextCell {
  text: string;
  isBold?: boolean;
  /** Follows the text and its star, never bold. */
  tail?: string;
}

export interface TextColumn {
  label: string;
  /** Columns side by side with the same group share a heading; null for none. */
  group: string | null;
  align: 'left' | 'right';
}

export interface TableStyle {
  /** The output is a terminal that shows bold; otherwise a star marks the cell. */
  hasBold: boolean;
  hasUnicode: boolean;
}

const GAP = '  ';
const RULES = {
  unicode: { heavy: '━', light: '─' },
  ascii: { heavy: '=', light: '-' },
};

export function renderTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly TextCell[])[],
  style: TableStyle,
): string {
  const { heavy, light } = style.hasUnicode ? RULES.unicode : RULES.ascii;
  const stars = columns.map((_, index) => hasStar(rows, index, style));
  const texts = rows.map((row) =>
    row.map(({ text, isBold, tail }, column) => {
      // Kept in every cell of the column, so that decimals stay aligned.
      const slot = stars[column] === true ? (isBold === true ? '*' : ' ') : '';
      const isStyled = isBold === true && style.hasBold;
      return { plain: text + slot + (tail ?? ''), bold: isStyled ? text.length : 0 };
    }),
  );
  const widths = columns.map((column, index) =>
    Math.max(
      width(column.label) + (stars[index] === true ? 1 : 0),
      ...texts.map((row) => width(row[index]?.plain ?? '')),
    ),
  );
  widenForGroups(columns, widths);
  const total = widths.reduce((sum, value) => sum + value, 0) + GAP.length * (columns.length - 1);
  const labels = columns.map((column, index) => ({
    ...column,
    text: column.align === 'right' && stars[index] === true ? `${column.label} ` : column.label,
  }));
  const lines = [
    heavy.repeat(total),
    ...groupLines(columns, widths, light),
    labels
      .map(({ text, align }, index) => pad(text, (widths[index] ?? 0) - width(text), align))
      .join(GAP),
    light.repeat(total),
    ...texts.map((row) =>
      columns
        .map(({ align }, column) => {
          const { plain, bold } = row[column] ?? { plain: '', bold: 0 };
          return pad(embolden(plain, bold), (widths[column] ?? 0) - width(plain), align);
        })
        .join(GAP),
    ),
    heavy.repeat(total),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

function hasStar(
  rows: readonly (readonly TextCell[])[],
  column: number,
  { hasBold }: TableStyle,
): boolean {
  return !hasBold && rows.some((row) => row[column]?.isBold === true);
}

/** A group's heading over the middle of its columns, and a rule below it. */
function groupLines(
  columns: readonly TextColumn[],
  widths: readonly number[],
  light: string,
): string[] {
  if (columns.every(({ group }) => group === null)) return [];
  const spans = groupSpans(columns, widths);
  const headings = spans.map(({ group, width: span }) => centre(group ?? '', span)).join(GAP);
  const rules = spans.map(({ group, width: span }) => (group === null ? ' ' : light).repeat(span));
  return [headings, rules.join(GAP)];
}

function groupSpans(columns: readonly TextColumn[], widths: readonly number[]) {
  const spans: { group: string | null; first: number; columns: number; width: number }[] = [];
  columns.forEach(({ group }, index) => {
    const last = spans.at(-1);
    const own = widths[index] ?? 0;
    if (last !== undefined && last.group === group) {
      last.columns += 1;
      last.width += GAP.length + own;
    } else {
      spans.push({ group, first: index, columns: 1, width: own });
    }
  });
  return spans;
}

/** A heading longer than its columns makes the last of them wider. */
function widenForGroups(columns: readonly TextColumn[], widths: number[]): void {
  for (const { group, first, columns: count, width: span } of groupSpans(columns, widths)) {
    const last = first + count - 1;
    const lacking = width(group ?? '') - span;
    if (lacking > 0) widths[last] = (widths[last] ?? 0) + lacking;
  }
}

function pad(text: string, spaces: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, spaces));
  return align === 'left' ? text + space : space + text;
}

function centre(text: string, columns: number): string {
  const left = Math.floor((columns - width(text)) / 2);
  return ' '.repeat(left) + text + ' '.repeat(columns - width(text) - left);
}

/** Characters, not UTF-16 units; all that occur here are one column wide. */
function width(text: string): number {
  return Array.from(text).length;
}

function embolden(text: string, characters: number): string {
  if (characters === 0) return text;
  return `\u001b[1m${text.slice(0, characters)}\u001b[22m${text.slice(characters)}`;
}
