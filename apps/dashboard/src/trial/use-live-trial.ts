'use client';

/** A trial and the curves of its training while they grow. */
import {
  callApi,
  eventRoutes,
  fillPath,
  Point,
  routes,
  type TaskStatus,
  type Training,
  type Trial,
} from '@capgrid/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { z } from 'zod';
import { browserApi } from '../api-access/browser-api';
import { type Connection, openEvents } from '../api-access/event-stream';
import { mergePoints } from './merge-points';

const POLL_MS = 2000;
const Points = z.array(Point);
const UNDER_WAY: readonly TaskStatus[] = ['waiting', 'queued', 'running'];

export type LiveTrial = {
  trial: Trial;
  training: Training;
  points: Point[];
  connection: Connection;
};

type InitialTrial = {
  trial: Trial;
  /** One of the trial's trainings, and its points. */
  trainingId: string;
  points: Point[];
};

export function useLiveTrial(initial: InitialTrial): LiveTrial {
  const { trainingId } = initial;
  const { id: trialId } = initial.trial;
  const client = useQueryClient();
  const router = useRouter();
  const [connection, setConnection] = useState<Connection>('connecting');
  const trialKey = ['trial', trialId];
  const { data: trial } = useQuery({
    queryKey: trialKey,
    queryFn: async () => {
      const next = await callApi(browserApi(), routes.getTrial, { params: { trialId } });
      const last = client.getQueryData<Trial>(trialKey);
      // The captions come with the page, so a finished evaluation needs the page again.
      if (last?.evaluation.status !== next.evaluation.status) router.refresh();
      return next;
    },
    initialData: initial.trial,
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? POLL_MS : false),
  });
  const { data: known } = useQuery({
    queryKey: ['points', trainingId],
    queryFn: async () =>
      (await callApi(browserApi(), routes.listPoints, { params: { trainingId } })).points,
    initialData: initial.points,
    staleTime: Infinity,
  });

  // A training that is shown again may have grown while another was shown; the page came with all.
  const points = useMemo(() => mergePoints(initial.points, known), [initial.points, known]);

  const training = trial.trainings.find(({ id }) => id === trainingId) ?? trial.training;
  const isTraining = UNDER_WAY.includes(training.status);
  useEffect(() => {
    if (!isTraining) return undefined;
    return openEvents({
      url: fillPath(eventRoutes.trainingEvents, { trainingId }),
      event: 'points',
      onConnection: setConnection,
      onData: (data) => {
        const fresh = Points.parse(data);
        client.setQueryData<Point[]>(['points', trainingId], (before) =>
          mergePoints(before ?? [], fresh),
        );
      },
    });
  }, [client, isTraining, trainingId]);

  return { trial, training, points, connection };
}

function isUnderWay(trial: Trial | undefined): boolean {
  if (trial === undefined) return false;
  return UNDER_WAY.includes(trial.training.status) || UNDER_WAY.includes(trial.evaluation.status);
}
