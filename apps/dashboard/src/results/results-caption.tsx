import type { ResultsTable } from '@capgrid/contracts';
import t from '../table/table.module.css';
import s from './results.module.css';

export function ResultsCaption({ table }: { table: ResultsTable }) {
  const sources = [...new Set(table.rows.flatMap((row) => row.published ?? []))];
  const hasStd = table.rows.some((row) =>
    Object.values(row.scores).some((cell) => cell.std !== null),
  );
  return (
    <caption>
      <span className={t.caption}>
        {table.caption} Bold: best in column.
        {hasStd && ' ±: standard deviation over seeds.'}
        {sources.length > 0 &&
          ` Small figure: difference from the published value (${sources.join('; ')}); no figure where none is published.`}
        {table.columns.map(
          ({ score, note }) =>
            note !== null && (
              <strong key={score} className={s.mixed}>
                {' '}
                {note}
              </strong>
            ),
        )}
      </span>
    </caption>
  );
}
