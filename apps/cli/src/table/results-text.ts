/** The results table of a sweep as text, in the form of `booktabs.ts`. */
import {
  findKindFootnotes,
  type KindFootnotes,
  type PrintedRow,
  type ResultsCell,
  type ResultsColumn,
  type ResultsRow,
  type ResultsTable,
} from '@capgrid/contracts';
import type { TableStyle, TextCell, TextColumn } from './booktabs.js';
import { showLevel } from './factor-cells.js';
import { renderPanels, type Panel } from './panels.js';
import { printable } from './printable.js';
import { legendLines, signatureLines } from './results-legend.js';

/** A caption narrower than this, in characters, is hard to read. */
const LEAST_CAPTION = 60;

export interface ResultsView {
  /** Those that are printed; without them, those that a paper prints. */
  columns?: readonly ResultsColumn[];
  /** The 95% interval over images beside each value that has one. */
  hasIntervals?: boolean;
  /** The whole signatures below the table. */
  hasSignatures?: boolean;
}

export function renderResults(
  table: ResultsTable,
  style: TableStyle,
  view: ResultsView = {},
): string {
  const columns = view.columns ?? table.columns.filter(({ isPrimary }) => isPrimary);
  const kinds = findKindFootnotes(table, columns);
  const hasIntervals = view.hasIntervals ?? false;
  const context = { table, kinds, style, hasIntervals };
  const heads = rowHeads(table, style);
  const scores = scorePanel(columns, context);
  const whole = renderPanels(heads, scores, style);
  // Published rows have no heads; beside the scores of one panel their names are in another.
  const isTorn = table.printed.length > 0 && whole.includes('\n\n');
  const body = isTorn ? renderPanels(withNumbers(heads), scores, style) : whole;
  const width = Math.min(Math.max(LEAST_CAPTION, body.indexOf('\n')), style.width ?? Infinity);
  const legend = { ...context, columns };
  return [
    body,
    ...legendLines(legend, width),
    ...(view.hasSignatures === true ? signatureLines(legend) : []),
  ].join('\n');
}

interface CellContext {
  table: ResultsTable;
  kinds: KindFootnotes;
  style: TableStyle;
  hasIntervals: boolean;
}

/** Factors and seeds. */
function rowHeads(table: ResultsTable, style: TableStyle): Panel {
  const hasSeeds = table.rows.some(({ seedsTotal }) => seedsTotal > 1);
  return {
    columns: [
      ...table.factors.map(({ label }) => textColumn(printable(label), 'left')),
      ...(hasSeeds ? [textColumn('seeds', 'right')] : []),
    ],
    rows: [
      ...table.rows.map((row) => [
        ...table.factors.map(({ path }) => ({ text: showLevel(row.assignment[path], style) })),
        ...(hasSeeds ? [{ text: `${row.seedsFinished}/${row.seedsTotal}` }] : []),
      ]),
      ...table.printed.map(() => [
        ...table.factors.map(() => ({ text: '' })),
        ...(hasSeeds ? [{ text: '' }] : []),
      ]),
    ],
  };
}

function withNumbers({ columns, rows }: Panel): Panel {
  return {
    columns: [textColumn('#', 'right'), ...columns],
    rows: rows.map((cells, index) => [{ text: String(index + 1) }, ...cells]),
  };
}

/** Scores, and the notes of rows that have some. */
function scorePanel(columns: readonly ResultsColumn[], context: CellContext): Panel {
  const { rows, printed } = context.table;
  const hasNotes =
    printed.length > 0 || rows.some((row) => row.missing.length > 0 || row.published !== null);
  return {
    columns: [
      ...columns.map(({ label, group }) => ({
        ...textColumn(label, 'right'),
        // A heading that only repeats its one column says nothing.
        group: columns.filter((column) => column.group === group).length > 1 ? group : null,
      })),
      ...(hasNotes ? [textColumn('note', 'left')] : []),
    ],
    rows: [
      ...rows.map((row, index) => [
        ...columns.map((column) => showScore(row, index, column, context)),
        ...(hasNotes
          ? [{ text: printable([...row.missing, row.published ?? ''].filter(Boolean).join('; ')) }]
          : []),
      ]),
      ...printed.map((row) => [
        ...columns.map((column) => showPrinted(row, column, context)),
        { text: printable(row.source) },
      ]),
    ],
  };
}

function textColumn(label: string, align: TextColumn['align']): TextColumn {
  return { label, group: null, align };
}

function showScore(
  row: ResultsRow,
  index: number,
  { decimals, score }: ResultsColumn,
  { table, kinds, style, hasIntervals }: CellContext,
): TextCell {
  const cell = row.scores[score];
  const mark = kinds.marks[score]?.[index];
  const marked = mark === undefined ? {} : { mark: showMark(mark, style) };
  if (cell === undefined) {
    const isMixed = row.mixed[score] !== undefined;
    return { text: isMixed ? 'mixed' : style.hasUnicode ? '–' : '-', ...marked };
  }
  const deviation =
    cell.std === null ? '' : `${style.hasUnicode ? '±' : '+-'}${cell.std.toFixed(decimals)}`;
  const hasDeltas = table.rows.some((other) => (other.scores[score]?.delta ?? null) !== null);
  const delta = hasDeltas ? showDelta(cell.delta, decimals, style) : '';
  const interval = hasIntervals ? showInterval(cell, decimals) : '';
  return {
    text: showNumber(cell.mean, decimals, style) + deviation,
    isBold: cell.isBest,
    ...marked,
    tail: interval + delta,
  };
}

/** With room for the tail of the cells above, so that decimals stay aligned. */
function showPrinted(
  { scores }: PrintedRow,
  { score, decimals }: ResultsColumn,
  { table, style }: CellContext,
): TextCell {
  const value = scores[score];
  if (value === undefined) return { text: style.hasUnicode ? '–' : '-' };
  const hasDeltas = table.rows.some((row) => (row.scores[score]?.delta ?? null) !== null);
  const tail = hasDeltas ? showDelta(null, decimals, style) : '';
  return { text: showNumber(value, decimals, style), tail };
}

function showNumber(value: number, decimals: number, { hasUnicode }: TableStyle): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `${hasUnicode ? '−' : '-'}${text}` : text;
}

/** Raised where the terminal can, `^a` elsewhere. */
function showMark(mark: string, { hasUnicode }: TableStyle): string {
  const raised = Array.from(mark, (letter) => RAISED[letter.charCodeAt(0) - 97] ?? '');
  return hasUnicode && raised.every((letter) => letter !== '') ? raised.join('') : `^${mark}`;
}

/** a to p: Unicode has no raised q beside them. */
const RAISED = Array.from('ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ');

function showInterval({ interval }: ResultsCell, decimals: number): string {
  if (interval === null) return '';
  return ` [${interval.low.toFixed(decimals)}, ${interval.high.toFixed(decimals)}]`;
}

/** Signed, in a slot of fixed width, so that the scores stay aligned where nothing is published. */
function showDelta(delta: number | null, decimals: number, { hasUnicode }: TableStyle): string {
  const slot = decimals + 5;
  if (delta === null) return ' '.repeat(slot);
  const sign = delta < 0 ? (hasUnicode ? '−' : '-') : '+';
  return ` ${sign}${Math.abs(delta).toFixed(decimals)}`.padEnd(slot);
}
