import type { ResultsTable } from '@capgrid/contracts';
import t from '../table/table.module.css';
import s from './results.module.css';

export function ResultsCaption({ table }: { table: ResultsTable }) {
  const sources = [...new Set(table.rows.flatMap((row) => row.published ?? []))];
  const hasStd = table.rows.some((row) =>
    Object.values(row.scores).some((cell) => cell.stdTimes100 !== null),
  );
  return (
    <caption>
      <span className={t.caption}>
        {table.caption} Bold: best in column.
        {hasStd && ' ±: standard deviation over seeds.'}
        {sources.length > 0 &&
          ` Small figure: difference from the published value (${sources.join('; ')}); no figure where none is published.`}
        {table.signatures.length > 1 && (
          <strong className={s.mixed}>
            {' '}
            The scores below have {table.signatures.length} different signatures and cannot be
            compared: {table.signatures.join('; ')}.
          </strong>
        )}
      </span>
    </caption>
  );
}
