'use client';

/** Chooses a baseline, asks the API to compare the other rows with it, and shows the differences. */
import {
  callApi,
  type ComparisonQuery,
  formatFactorValue,
  labelFactors,
  nameNumbers,
  type ResultsColumn,
  type ResultsRow,
  type ResultsTable,
  routes,
  type TrialSummary,
} from '@capgrid/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { browserApi } from '../api-access/browser-api';
import { toFault } from '../api-access/fault';
import { FaultBox } from '../feedback/fault-box';
import { LoadingNote } from '../feedback/loading-note';
import { sweepKey } from '../sweep/use-live-sweep';
import { chooseCompared } from './choose-compared';
import { ComparisonTable } from './comparison-table';
import s from './results.module.css';
import { StandardErrorsTable } from './standard-errors-table';
import type { ResultsView } from './view-state';

type ComparisonSectionProps = {
  table: ResultsTable;
  /** Those that are shown. */
  columns: ResultsColumn[];
  trials: TrialSummary[];
  view: ResultsView;
  onChange: (view: ResultsView) => void;
};

export function ComparisonSection(props: ComparisonSectionProps) {
  const { table, columns, trials, view, onChange } = props;
  const scored = table.rows.flatMap((row, index) => (hasScores(row) ? [{ row, index }] : []));
  if (scored.length < 2) return null;
  const baseline = scored.find(({ index }) => index === view.baseline)?.index ?? null;
  const hasSeeds = table.rows.some(({ seedsTotal }) => seedsTotal > 1);
  const compared = chooseCompared(columns);
  return (
    <section aria-labelledby="comparison" className={s.comparison}>
      <div className={s.head}>
        <h3 id="comparison">Differences between rows</h3>
        <div className={s.controls}>
          <label className={s.choiceLabel}>
            Baseline
            <select
              value={baseline ?? ''}
              onChange={({ target }) =>
                onChange({ ...view, baseline: target.value === '' ? null : Number(target.value) })
              }
            >
              <option value="">none chosen</option>
              {scored.map(({ row, index }) => (
                <option key={index} value={index}>
                  {nameRow(row, trials)}
                </option>
              ))}
            </select>
          </label>
          {hasSeeds && (
            <label className={s.choiceLabel}>
              Variance over
              <select
                value={view.level}
                onChange={({ target }) =>
                  onChange({
                    ...view,
                    level: target.value === 'images' ? 'images' : 'images-and-seeds',
                  })
                }
              >
                <option value="images">images</option>
                <option value="images-and-seeds">images and seeds</option>
              </select>
            </label>
          )}
        </div>
      </div>
      {baseline === null ? (
        <p className={s.soft}>
          {view.baseline !== null && `${describeMissing(view.baseline, table.rows.length)} `}
          Choose a baseline to see how the other rows differ from it, with 95% intervals and what is
          significant.
        </p>
      ) : compared.length === 0 ? (
        <p className={s.soft}>
          None of the scores that are shown can be compared: Distinct-n and Vocabulary belong to all
          captions together. Show another score.
        </p>
      ) : (
        <Compared
          table={table}
          trials={trials}
          query={{
            baseline: String(baseline),
            metrics: compared.join(),
            level: hasSeeds ? view.level : 'images',
          }}
        />
      )}
    </section>
  );
}

type ComparedProps = Pick<ComparisonSectionProps, 'table' | 'trials'> & {
  query: Pick<ComparisonQuery, 'baseline' | 'metrics' | 'level'>;
};

function Compared({ table, trials, query }: ComparedProps) {
  const { sweepId, trialsFinished } = table;
  const { data, error, isFetching } = useQuery({
    queryKey: [...sweepKey(sweepId), 'comparison', query, trialsFinished],
    queryFn: ({ signal }) =>
      callApi(browserApi(), routes.compareResults, { params: { sweepId }, query, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  if (error !== null) {
    return <FaultBox title="The rows could not be compared" fault={toFault(error)} />;
  }
  if (data === undefined) return <LoadingNote />;
  return (
    <div aria-busy={isFetching}>
      <ComparisonTable comparison={data} table={table} trials={trials} />
      <StandardErrorsTable comparison={data} table={table} trials={trials} />
    </div>
  );
}

/** @param index of the row in the address, which cannot be the baseline */
function describeMissing(index: number, rows: number): string {
  if (index < rows) return `Row ${index + 1}, the baseline in the address, has no result.`;
  return `The baseline in the address is row ${index + 1}, but the table has only rows 1 to ${rows}.`;
}

function hasScores(row: ResultsRow): boolean {
  return Object.keys(row.scores).length > 0;
}

function nameRow({ assignment, trialIds }: ResultsRow, trials: readonly TrialSummary[]): string {
  const numbers = trialIds.flatMap((id) => trials.find((trial) => trial.id === id)?.number ?? []);
  const levels = labelFactors(Object.keys(assignment)).map(
    ({ path, label }) => `${label} ${formatFactorValue(assignment[path] ?? null)}`,
  );
  return [nameNumbers('trial', numbers), ...levels].join(', ');
}
