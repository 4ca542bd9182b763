'use client';

import { callApi, routes, type SweepPage } from '@capgrid/contracts';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { browserApi } from '../api-access/browser-api';
import { describeTrials } from '../feedback/progress-bar';
import { formatCount } from '../numbers/format-number';
import { Instant } from '../numbers/instant';
import { StatusMark } from '../status/status-mark';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';

const POLL_MS = 3000;

type SweepListProps = { initial: SweepPage; query: { cursor?: string } };

export function SweepList({ initial, query }: SweepListProps) {
  const { data } = useQuery({
    queryKey: ['sweeps', query.cursor ?? null],
    queryFn: ({ signal }) => callApi(browserApi(), routes.listSweeps, { query, signal }),
    initialData: initial,
    refetchInterval: ({ state }) => (hasRunning(state.data) ? POLL_MS : false),
  });
  if (data.sweeps.length === 0) return <NoSweeps />;
  return (
    <>
      <ScrollRegion label="Table of sweeps" rows={data.sweeps.length}>
        <table className={t.table}>
          <caption className="spoken">Sweeps, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Dataset</th>
              <th scope="col">Status</th>
              <th scope="col" className={t.number}>
                Done
              </th>
              <th scope="col" className={t.number}>
                Failed
              </th>
              <th scope="col" className={t.number}>
                Trials
              </th>
              <th scope="col">Launched (UTC)</th>
            </tr>
          </thead>
          <tbody>
            {data.sweeps.map(({ id, name, dataset, createdAt, progress }) => (
              <tr key={id}>
                <th scope="row">
                  <Link href={`/sweeps/${id}`}>{name}</Link>
                </th>
                <td>{dataset}</td>
                <td>
                  <StatusMark status={progress.status} note={describeTrials(progress.trials)} />
                </td>
                <td className={t.number}>{formatCount(progress.trials.finished)}</td>
                <td className={t.number}>{formatCount(progress.trials.failed)}</td>
                <td className={t.number}>{formatCount(progress.trials.total)}</td>
                <td className={`${t.soft} ${t.nowrap}`}>
                  <Instant at={createdAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {data.nextCursor !== null && (
        <p>
          <Link href={`/?cursor=${encodeURIComponent(data.nextCursor)}`}>Older sweeps</Link>
        </p>
      )}
    </>
  );
}

function hasRunning(page: SweepPage | undefined): boolean {
  return page?.sweeps.some(({ progress }) => progress.status === 'running') ?? false;
}

function NoSweeps() {
  return (
    <>
      <p>
        No sweep yet. A sweep trains every cell of a grid, scores its captions and lays them out as
        the table of a paper.
      </p>
      <p>
        <Link href="/launch">Launch one from a spec</Link>, or run the demo in a terminal:{' '}
        <code>./capgrid demo</code>
      </p>
    </>
  );
}
