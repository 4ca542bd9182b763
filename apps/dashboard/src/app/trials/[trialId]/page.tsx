import { callApi, routes } from '@capgrid/contracts';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { answerOf, serverApi } from '../../../api-access/server-api';
import { FaultBox } from '../../../feedback/fault-box';
import { PageHead } from '../../../frame/page-head';
import { CaptionBrowser } from '../../../trial/caption-browser';
import {
  type CaptionSearch,
  readCaptionSearch,
  readShownTraining,
} from '../../../trial/caption-search';
import { imageScoresOf } from '../../../trial/image-scores';
import { TrialView } from '../../../trial/trial-view';
import { whyNoCaptions } from '../../../trial/why-missing';

type Props = {
  params: Promise<{ trialId: string }>;
  searchParams: Promise<CaptionSearch>;
};

/** Asked once per request, for the title and for the page. */
const loadTrial = cache((trialId: string) =>
  answerOf(callApi(serverApi(), routes.getTrial, { params: { trialId } })),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const trial = await loadTrial((await params).trialId);
  return { title: trial.isOk ? `Trial ${trial.data.number} of ${trial.data.sweepName}` : 'Trial' };
}

export default async function TrialPage({ params, searchParams }: Props) {
  const { trialId } = await params;
  const trial = await loadTrial(trialId);
  if (!trial.isOk) {
    if (trial.fault.status === 404) notFound();
    return (
      <>
        <PageHead title="Trial" />
        <FaultBox title="The trial could not be read" fault={trial.fault} />
      </>
    );
  }
  const search = await searchParams;
  const query = readCaptionSearch(search);
  const { id: trainingId } = readShownTraining(search, trial.data);
  const isScored = trial.data.evaluation.status === 'finished';
  const [points, captions] = await Promise.all([
    answerOf(callApi(serverApi(), routes.listPoints, { params: { trainingId } })),
    isScored
      ? answerOf(callApi(serverApi(), routes.listPredictions, { params: { trialId }, query }))
      : null,
  ]);
  return (
    <TrialView
      trial={trial.data}
      trainingId={trainingId}
      query={query}
      points={points.isOk ? points.data.points : []}
      pointsFault={points.isOk ? null : points.fault}
    >
      {captions === null && <p>{whyNoCaptions(trial.data.evaluation.status)}</p>}
      {captions?.isOk === true && (
        <CaptionBrowser
          trialId={trialId}
          page={captions.data}
          query={query}
          trainingId={trainingId === trial.data.trainingId ? null : trainingId}
          spec={trial.data.spec}
          scores={imageScoresOf(trial.data.evaluation.scores)}
        />
      )}
      {captions?.isOk === false && (
        <FaultBox title="The captions could not be read" fault={captions.fault} />
      )}
    </TrialView>
  );
}
