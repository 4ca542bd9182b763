/** What stands below a results table: caption, units, footnotes, and signatures on demand. */
import {
  describeLowerBetter,
  describeUnits,
  type KindFootnotes,
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
  const best = style.hasBold ? 'bold' : '*';
  const sentences = [
    table.caption,
    describeUnits(columns),
    hasBest(table, columns) ? `Best of each column: ${best}.` : null,
    describeLowerBetter(columns),
    hasIntervals ? 'In brackets: 95% interval over the images.' : null,
    ...columns.map((column) => noteOf(column, table)),
    ...kinds.footnotes.map(({ text }) => text),
  ];
  return sentences
    .flatMap((sentence) => sentence ?? [])
    .flatMap((sentence) => wrapText(printable(sentence), width));
}

function hasBest({ rows }: ResultsTable, columns: readonly ResultsColumn[]): boolean {
  return rows.some((row) => columns.some(({ score }) => row.scores[score]?.isBest === true));
}

/** A note on kinds of values would say again, for each column, what the footnotes say. */
function noteOf({ score, comparable, note }: ResultsColumn, { rows }: ResultsTable): string | null {
  const hasKinds = comparable.length > 1 || rows.some((row) => row.mixed[score] !== undefined);
  return hasKinds ? null : note;
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
