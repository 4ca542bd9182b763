'use client';

/** A sweep that keeps itself up to date: events bring its progress, changed counts its tables. */
import {
  callApi,
  eventRoutes,
  fillPath,
  type ResultsTable,
  routes,
  type Sweep,
  SweepProgress,
  type TrialSummary,
} from '@capgrid/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { browserApi } from '../api-access/browser-api';
import { type Connection, openEvents } from '../api-access/event-stream';

export type SweepData = {
  /** Dropped cells stay as they were at the launch, and are as many as a grid has cells. */
  sweep: Omit<Sweep, 'dropped'>;
  trials: TrialSummary[];
  results: ResultsTable;
};

export type LiveSweep = SweepData & { connection: Connection };

/** Losses of single trials change without an event of their own. */
const POLL_MS = 5000;

export const sweepKey = (sweepId: string) => ['sweep', sweepId];
const progressKey = (sweepId: string) => [...sweepKey(sweepId), 'progress'];

export function useLiveSweep(initial: SweepData): LiveSweep {
  const sweepId = initial.sweep.id;
  const input = { params: { sweepId } };
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const { data: progress } = useQuery({
    queryKey: progressKey(sweepId),
    queryFn: async () => (await callApi(browserApi(), routes.getSweep, input)).progress,
    initialData: initial.sweep.progress,
  });
  const isRunning = progress.status === 'running';
  const { data: trials } = useQuery({
    queryKey: [...sweepKey(sweepId), 'trials'],
    queryFn: async () => (await callApi(browserApi(), routes.listTrials, input)).trials,
    initialData: initial.trials,
    refetchInterval: isRunning ? POLL_MS : false,
  });
  const { data: results } = useQuery({
    queryKey: [...sweepKey(sweepId), 'results'],
    queryFn: () => callApi(browserApi(), routes.getResults, input),
    initialData: initial.results,
  });

  useEffect(() => {
    if (!isRunning) return undefined;
    return openEvents({
      url: fillPath(eventRoutes.sweepEvents, { sweepId }),
      event: 'progress',
      onConnection: setConnection,
      onData: (data) => {
        const next = SweepProgress.parse(data);
        const last = client.getQueryData<SweepProgress>(progressKey(sweepId));
        client.setQueryData(progressKey(sweepId), next);
        if (last !== undefined && countsOf(last) === countsOf(next)) return;
        for (const part of ['trials', 'results']) {
          void client.invalidateQueries({ queryKey: [...sweepKey(sweepId), part] });
        }
      },
    });
  }, [client, isRunning, sweepId]);

  return { sweep: { ...initial.sweep, progress }, trials, results, connection };
}

/** What must change before the tables can have changed. */
function countsOf({ status, trials }: SweepProgress): string {
  const { queued, running, finished, failed, cancelled } = trials;
  return [status, queued, running, finished, failed, cancelled].join(' ');
}
