import { callApi, routes } from '@capgrid/contracts';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { answerOf, serverApi } from '../../../api-access/server-api';
import { FaultBox } from '../../../feedback/fault-box';
import { PageHead } from '../../../frame/page-head';
import { causesShown } from '../../../launch/dropped-cells';
import { SweepView } from '../../../sweep/sweep-view';

type Props = { params: Promise<{ sweepId: string }> };

/** Asked once per request, for the title and for the page. */
const loadSweep = cache((sweepId: string) =>
  answerOf(callApi(serverApi(), routes.getSweep, { params: { sweepId } })),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const sweep = await loadSweep((await params).sweepId);
  return { title: sweep.isOk ? sweep.data.name : 'Sweep' };
}

export default async function SweepPage({ params }: Props) {
  const { sweepId } = await params;
  const input = { params: { sweepId } };
  const [sweep, trials, results] = await Promise.all([
    loadSweep(sweepId),
    answerOf(callApi(serverApi(), routes.listTrials, input)),
    answerOf(callApi(serverApi(), routes.getResults, input)),
  ]);
  const fault = [sweep, trials, results].flatMap((answer) =>
    answer.isOk ? [] : [answer.fault],
  )[0];
  if (fault?.status === 404) notFound();
  if (!sweep.isOk || !trials.isOk || !results.isOk) {
    return (
      <>
        <PageHead title="Sweep" />
        {fault !== undefined && <FaultBox title="The sweep could not be read" fault={fault} />}
      </>
    );
  }
  // Of dropped cells the page gets what it shows.
  const { dropped, ...launched } = sweep.data;
  return (
    <SweepView
      sweep={launched}
      trials={trials.data.trials}
      results={results.data}
      dropped={causesShown(dropped)}
    />
  );
}
