/** The results table of a sweep as text, in the form of `booktabs.ts`. */
import {
  formatFactorValue,
  type FactorValue,
  type ResultsCell,
  type ResultsColumn,
  type ResultsTable,
} from '@capgrid/contracts';
import { renderTable, type TableStyle, type TextCell, type TextColumn } from './booktabs.js';
import { printable } from './printable.js';

/** A caption narrower than this, in characters, is hard to read. */
const LEAST_CAPTION = 60;

export function renderResults(table: ResultsTable, style: TableStyle): string {
  const hasSeeds = table.rows.some(({ seedsTotal }) => seedsTotal > 1);
  const hasNotes = table.rows.some((row) => row.missing.length > 0 || row.published !== null);
  const columns: TextColumn[] = [
    ...table.factors.map(({ label }) => ({
      label: printable(label),
      group: null,
      align: 'left' as const,
    })),
    ...(hasSeeds ? [{ label: 'seeds', group: null, align: 'right' as const }] : []),
    ...table.columns.map(({ label, group }) => ({
      label,
      // A heading that only repeats its one column says nothing.
      group: table.columns.filter((column) => column.group === group).length > 1 ? group : null,
      align: 'right' as const,
    })),
    ...(hasNotes ? [{ label: 'note', group: null, align: 'left' as const }] : []),
  ];
  const rows = table.rows.map((row): TextCell[] => [
    ...table.factors.map(({ path }) => ({ text: showLevel(row.assignment[path], style) })),
    ...(hasSeeds ? [{ text: `${row.seedsFinished}/${row.seedsTotal}` }] : []),
    ...table.columns.map((column) => showScore(row.scores[column.score], column, table, style)),
    ...(hasNotes
      ? [{ text: printable([...row.missing, row.published ?? ''].filter(Boolean).join('; ')) }]
      : []),
  ]);
  const body = renderTable(columns, rows, style);
  const width = Math.max(LEAST_CAPTION, body.indexOf('\n'));
  return [body, ...captionLines(table, style, width)].join('\n');
}

function showScore(
  cell: ResultsCell | undefined,
  { decimals, score }: ResultsColumn,
  table: ResultsTable,
  style: TableStyle,
): TextCell {
  if (cell === undefined) return { text: style.hasUnicode ? '–' : '-' };
  const deviation =
    cell.std === null ? '' : `${style.hasUnicode ? '±' : '+-'}${cell.std.toFixed(decimals)}`;
  const hasDeltas = table.rows.some((row) => (row.scores[score]?.delta ?? null) !== null);
  const delta = hasDeltas ? showDelta(cell.delta, decimals, style) : '';
  return {
    text: cell.mean.toFixed(decimals) + deviation,
    isBold: cell.isBest,
    tail: delta,
  };
}

/** Signed, in a slot of fixed width, so that the scores stay aligned where nothing is published. */
function showDelta(delta: number | null, decimals: number, { hasUnicode }: TableStyle): string {
  const slot = decimals + 5;
  if (delta === null) return ' '.repeat(slot);
  const sign = delta < 0 ? (hasUnicode ? '−' : '-') : '+';
  return ` ${sign}${Math.abs(delta).toFixed(decimals)}`.padEnd(slot);
}

function showLevel(value: FactorValue | undefined, { hasUnicode }: TableStyle): string {
  if (value === undefined) return hasUnicode ? '–' : '-';
  return printable(formatFactorValue(value));
}

function captionLines(table: ResultsTable, style: TableStyle, columns: number): string[] {
  const best = style.hasBold ? 'bold' : '*';
  const marks = table.rows.length > 1 ? [`Best of each column: ${best}.`] : [];
  const notes = table.columns.flatMap(({ note }) => note ?? []);
  return [table.caption, ...marks, ...notes].flatMap((line) => wrap(printable(line), columns));
}

/** Breaks between words; a longer word has a line of its own. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
