/** Each row of a sweep against one of them, as text in the form of `booktabs.ts`. */
import {
  describeComparison,
  formatFactorValue,
  isSignificant,
  type Comparison,
  type ComparisonCell,
  type ResultsTable,
} from '@capgrid/contracts';
import type { TableStyle, TextCell } from './booktabs.js';
import { renderPanels, type Panel } from './panels.js';
import { printable } from './printable.js';
import { wrapText } from './wrap-text.js';

/** A caption narrower than this, in characters, is hard to read. */
const LEAST_CAPTION = 60;

export function renderComparison(
  comparison: Comparison,
  table: Pick<ResultsTable, 'caption' | 'factors'>,
  style: TableStyle,
): string {
  const mark = style.hasUnicode ? '†' : '^';
  const body = renderPanels(
    rowHeads(comparison, table),
    differencePanel(comparison, mark, style),
    style,
  );
  const width = Math.min(Math.max(LEAST_CAPTION, body.indexOf('\n')), style.width ?? Infinity);
  const sentences = [
    table.caption,
    ...describeComparison(comparison, { mark, noun: 'row', numbersOf: (row) => [row + 1] }),
  ];
  return [body, ...sentences.flatMap((text) => wrapText(printable(text), width))].join('\n');
}

/** Numbers of rows, so that another baseline can be asked for, and factors. */
function rowHeads(comparison: Comparison, { factors }: Pick<ResultsTable, 'factors'>): Panel {
  return {
    columns: [
      { label: 'row', group: null, align: 'right' },
      ...factors.map(({ label }) => ({
        label: printable(label),
        group: null,
        align: 'left' as const,
      })),
    ],
    rows: comparison.rows.map(({ row, assignment }) => [
      { text: String(row + 1) },
      ...factors.map(({ path }) => {
        const value = assignment[path];
        return { text: value === undefined ? '-' : printable(formatFactorValue(value)) };
      }),
    ]),
  };
}

function differencePanel({ columns, rows }: Comparison, mark: string, style: TableStyle): Panel {
  const cells = columns.map(({ score, decimals }) =>
    alignTails(rows.map((row) => showCell(row.cells[score], { decimals, mark, style }))),
  );
  return {
    columns: columns.map(({ label }) => ({ label, group: null, align: 'right' })),
    rows: rows.map((_, index) => cells.map((column) => column[index] ?? { text: '' })),
  };
}

interface Printing {
  decimals: number;
  mark: string;
  style: TableStyle;
}

function showCell(cell: ComparisonCell | undefined, printing: Printing): TextCell {
  const { decimals, mark, style } = printing;
  if (cell === undefined) return { text: style.hasUnicode ? '–' : '-' };
  if (cell.comparison === null) return { text: cell.mean.toFixed(decimals) };
  const { difference, interval } = cell.comparison;
  const [low, high] = [interval.low, interval.high].map((bound) =>
    showNumber(bound, printing, false),
  );
  return {
    text: showNumber(difference, printing, true),
    ...(isSignificant(cell.comparison) ? { mark } : {}),
    tail: ` [${low}, ${high}]`,
  };
}

/** Intervals begin and end below each other, also where a row has none. */
function alignTails(cells: readonly TextCell[]): TextCell[] {
  const widest = Math.max(0, ...cells.map(({ tail }) => tail?.length ?? 0));
  return cells.map((cell) => ({ ...cell, tail: (cell.tail ?? '').padEnd(widest) }));
}

function showNumber(value: number, { decimals, style }: Printing, isSigned: boolean): string {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  if (value < 0) return `${style.hasUnicode ? '−' : '-'}${text}`;
  return isSigned ? `+${text}` : text;
}
