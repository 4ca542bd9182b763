/** What stands below a results table: caption, units, footnotes, and signatures on demand. */
import {
  describeIntervals,
  describeLowerBetter,
  describeUnits,
  type KindFootnotes,
  type ResultsCell,
  type ResultsColumn,
  type ResultsTable,
} from '@capgrid/contracts';
import type { TableStyle } from './booktabs.js';
import { printable } from './printable.js';
import { wrapText } from './wrap-text.js';

export interface Legend {
  table: ResultsTable;
  /** Those that are shown. */
  columns: readonly ResultsColumn[];
  kinds: KindFootnotes;
  style: TableStyle;
  hasIntervals: boolean;
}

/** Lines of at most `width` characters. */
export function legendLines({ table, columns, kinds, style, hasIntervals }: Legend, width: number) {
  const cells = cellsOf(table, columns);
  const best = style.hasBold ? 'bold' : '*';
  const sentences = [
    table.caption,
    describeUnits(columns),
    cells.some(({ isBest }) => isBest) ? `Best of each column: ${best}.` : null,
    describeLowerBetter(columns),
    ...describeExtras(cells, style),
    table.printed.length > 0 ? 'Rows without a cell: as published.' : null,
    hasIntervals ? describeIntervals(cells) : null,
    ...columns.map(({ note }) => note),
    ...kinds.footnotes.map(({ text }) => text),
    ...table.publishedNotes,
  ];
  return sentences
    .flatMap((sentence) => sentence ?? [])
    .flatMap((sentence) => wrapText(printable(sentence), width));
}

function describeExtras(cells: readonly ResultsCell[], { hasUnicode }: TableStyle): string[] {
  const hasStd = cells.some(({ std }) => std !== null);
  const hasDelta = cells.some(({ delta }) => delta !== null);
  return [
    ...(hasStd ? [`${hasUnicode ? '±' : '+-'}: standard deviation over seeds.`] : []),
    ...(hasDelta ? ['With a sign: difference from the published value in the note.'] : []),
  ];
}

function cellsOf({ rows }: ResultsTable, columns: readonly ResultsColumn[]): ResultsCell[] {
  return rows.flatMap((row) => columns.flatMap(({ score }) => row.scores[score] ?? []));
}

/** All that the printed values depend on, whole: a line for each kind of value of each column. */
export function signatureLines({ table, columns, kinds }: Legend): string[] {
  const signed = columns.flatMap(({ score, label, comparable }) => [
    ...comparable.map(({ signature, rows }) => ({
      label: [label, kinds.marks[score]?.[rows[0] ?? -1] ?? ''].join(' ').trimEnd(),
      signature,
    })),
    ...table.rows.flatMap(({ mixed }, row) =>
      (mixed[score] ?? []).map((signature) => ({
        label: `${label} ${kinds.marks[score]?.[row] ?? ''}`,
        signature,
      })),
    ),
  ]);
  const widest = Math.max(0, ...signed.map(({ label }) => label.length));
  return [
    'Signatures:',
    ...signed.map(({ label, signature }) => printable(`${label.padEnd(widest)}  ${signature}`)),
  ];
}
