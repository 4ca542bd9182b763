import {
  describeIntervals,
  describeLowerBetter,
  describeUnits,
  type ResultsColumn,
  type ResultsTable,
} from '@capgrid/contracts';
import t from '../table/table.module.css';

type ResultsCaptionProps = {
  table: ResultsTable;
  /** Those that are shown. */
  columns: ResultsColumn[];
  hasIntervals: boolean;
};

export function ResultsCaption({ table, columns, hasIntervals }: ResultsCaptionProps) {
  const cells = table.rows.flatMap((row) =>
    columns.flatMap(({ score }) => row.scores[score] ?? []),
  );
  const sources = [...new Set(table.rows.flatMap((row) => row.published ?? []))];
  const sentences = [
    table.caption,
    describeUnits(columns),
    cells.some(({ isBest }) => isBest) ? 'Bold: best in column.' : null,
    describeLowerBetter(columns),
    cells.some(({ std }) => std !== null) ? '±: standard deviation over seeds.' : null,
    hasIntervals ? describeIntervals(cells) : null,
    sources.length > 0
      ? `Small figure: difference from the published value (${sources.join('; ')}); no figure where none is published.`
      : null,
    table.printed.length > 0 ? 'Last rows: as published, of no cell of this sweep.' : null,
    ...columns.map(({ note }) => note),
  ];
  return (
    <caption>
      <span className={t.caption}>
        {sentences.filter((sentence) => sentence !== null).join(' ')}
      </span>
    </caption>
  );
}
