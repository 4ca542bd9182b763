'use client';

import { findKindFootnotes, type ResultsTable, type TrialSummary } from '@capgrid/contracts';
import { useMemo } from 'react';
import { ColumnBox, ColumnChoice } from './column-choice';
import { ComparisonSection } from './comparison-section';
import s from './results.module.css';
import { KindFootnoteList } from './kind-footnote-list';
import { PublishedNotes } from './published-notes';
import { ResultsGrid } from './results-grid';
import { SignatureList } from './signature-list';
import { useAddressQuery } from './use-address-query';
import { isColumnShown, readView, type ResultsView, writeView } from './view-state';

type ResultsSectionProps = { table: ResultsTable; trials: TrialSummary[] };

export function ResultsSection({ table, trials }: ResultsSectionProps) {
  const { query, replaceQuery } = useAddressQuery();
  const view = readView(query);
  const columns = table.columns.filter((column) => isColumnShown(column, view));
  const scores = columns.map(({ score }) => score).join();
  const kinds = useMemo(
    () =>
      findKindFootnotes(
        table,
        table.columns.filter(({ score }) => scores.split(',').includes(score)),
      ),
    [table, scores],
  );
  const captions = table.columns.filter(({ group }) => group === 'Captions');
  const hasIntervals = table.rows.some((row) =>
    Object.values(row.scores).some(({ interval }) => interval !== null),
  );

  const look = (next: ResultsView) => replaceQuery(writeView(query.toString(), next));

  return (
    <section aria-labelledby="results">
      <div className={s.head}>
        <h2 id="results">Results</h2>
        <div className={s.controls}>
          {hasIntervals && (
            <label>
              <input
                type="checkbox"
                checked={view.hasIntervals}
                onChange={(event) => look({ ...view, hasIntervals: event.target.checked })}
              />
              95% intervals
            </label>
          )}
          {captions.length > 0 && (
            <ColumnBox label="Caption statistics" columns={captions} view={view} onChange={look} />
          )}
          <ColumnChoice columns={table.columns} view={view} onChange={look} />
        </div>
      </div>
      <ResultsGrid
        table={table}
        columns={columns}
        kinds={kinds}
        trials={trials}
        view={view}
        onSort={(sort) => look({ ...view, sort })}
      />
      <KindFootnoteList footnotes={kinds.footnotes} />
      <PublishedNotes notes={table.publishedNotes} />
      <SignatureList table={table} columns={columns} kinds={kinds} />
      <ComparisonSection
        table={table}
        columns={columns}
        trials={trials}
        view={view}
        onChange={look}
      />
    </section>
  );
}
