'use client';

import type { ResultsTable, TrialSummary } from '@capgrid/contracts';
import { usePathname, useSearchParams } from 'next/navigation';
import { ColumnChoice } from './column-choice';
import s from './results.module.css';
import { ResultsGrid } from './results-grid';
import { readView, type ResultsView, writeView } from './view-state';

type ResultsSectionProps = { table: ResultsTable; trials: TrialSummary[] };

export function ResultsSection({ table, trials }: ResultsSectionProps) {
  const pathname = usePathname();
  const search = useSearchParams();
  const view = readView(search);

  function look(next: ResultsView): void {
    const query = writeView(search.toString(), next);
    // Next follows the address of the window, so this shows without asking the server again.
    window.history.replaceState(null, '', query === '' ? pathname : `${pathname}?${query}`);
  }

  return (
    <section aria-labelledby="results">
      <div className={s.head}>
        <h2 id="results">Results</h2>
        <ColumnChoice
          columns={table.columns}
          hidden={view.hidden}
          onChange={(hidden) => look({ ...view, hidden })}
        />
      </div>
      <ResultsGrid
        table={table}
        trials={trials}
        view={view}
        onSort={(sort) => look({ ...view, sort })}
      />
    </section>
  );
}
