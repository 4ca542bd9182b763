/**
 * A table as papers set it: three rules, groups above columns, no vertical lines. Pure text; the
 * caller says whether it may use bold and characters beyond ASCII.
 */

export interface TextCell {
  text: string;
  isBold?: boolean;
  /** Of a footnote; stands where a best value has its star. */
  mark?: string;
  /** Follows the text and its star or mark, never bold. */
  tail?: string;
}

export interface TextColumn {
  /** Broken between words where it is much longer than the cells. */
  label: string;
  /** Columns side by side with the same group share a heading; null for none. */
  group: string | null;
  align: 'left' | 'right';
}

export interface TableStyle {
  /** The output is a terminal that shows bold; otherwise a star marks the cell. */
  hasBold: boolean;
  hasUnicode: boolean;
  /** Characters in a line of the terminal; absent where a line may have any number. */
  width?: number;
}

const GAP = '  ';
const RULES = {
  unicode: { heavy: '━', light: '─' },
  ascii: { heavy: '=', light: '-' },
};

/** A heading is broken where it has more characters, and everywhere when the table is too wide. */
const LONG_LABEL = 16;

export function renderTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly TextCell[])[],
  style: TableStyle,
): string {
  const { heavy, light } = style.hasUnicode ? RULES.unicode : RULES.ascii;
  const slots = columns.map((_, index) => slotWidth(rows, index, style));
  const texts = rows.map((row) =>
    row.map(({ text, isBold, mark, tail }, column) => {
      const star = isBold === true && !style.hasBold ? '*' : '';
      // Kept in every cell of the column, so that decimals stay aligned.
      const slot = (mark ?? star).padEnd(slots[column] ?? 0);
      const isStyled = isBold === true && style.hasBold;
      return { plain: text + slot + (tail ?? ''), bold: isStyled ? text.length : 0 };
    }),
  );
  const cellWidths = columns.map((_, index) =>
    Math.max(0, ...texts.map((row) => width(row[index]?.plain ?? ''))),
  );
  const { heads, widths } = layHeads(columns, { slots, cellWidths, style });
  const total = totalWidth(widths);
  const lines = [
    heavy.repeat(total),
    ...groupLines(columns, widths, light),
    ...headLines(columns, heads, widths),
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

/** Characters between the text of a column and the tail of its cells. */
function slotWidth(
  rows: readonly (readonly TextCell[])[],
  column: number,
  { hasBold }: TableStyle,
): number {
  const cells = rows.flatMap((row) => row[column] ?? []);
  return Math.max(
    cells.some(({ isBold }) => isBold === true && !hasBold) ? 1 : 0,
    ...cells.map(({ mark }) => width(mark ?? '')),
  );
}

/** The lines of each heading and the widths of the columns; narrow headings only when they must be. */
function layHeads(
  columns: readonly TextColumn[],
  {
    slots,
    cellWidths,
    style,
  }: { slots: readonly number[]; cellWidths: readonly number[]; style: TableStyle },
): { heads: string[][]; widths: number[] } {
  const lay = (longest: number) => {
    const heads = columns.map(({ label, align }, index) => {
      // Above its numbers, not above the stars.
      const slot = align === 'right' ? ' '.repeat(slots[index] ?? 0) : '';
      return breakLabel(label, Math.max(longest, cellWidths[index] ?? 0)).map(
        (line) => line + slot,
      );
    });
    const widths = heads.map((lines, index) =>
      Math.max(cellWidths[index] ?? 0, ...lines.map(width)),
    );
    widenForGroups(columns, widths);
    return { heads, widths };
  };
  const wide = lay(LONG_LABEL);
  return totalWidth(wide.widths) <= (style.width ?? Infinity) ? wide : lay(0);
}

/** Between words; a longer word has a line of its own. */
function breakLabel(label: string, longest: number): string[] {
  const lines: string[] = [];
  for (const word of label.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || width(last) + 1 + width(word) > longest) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Headings of several lines end above the rule together. */
function headLines(
  columns: readonly TextColumn[],
  heads: readonly (readonly string[])[],
  widths: readonly number[],
): string[] {
  const height = Math.max(1, ...heads.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map(({ align }, column) => {
        const lines = heads[column] ?? [];
        const text = lines[row - (height - lines.length)] ?? '';
        return pad(text, (widths[column] ?? 0) - width(text), align);
      })
      .join(GAP),
  );
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, value) => sum + value, 0) + GAP.length * (widths.length - 1);
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
