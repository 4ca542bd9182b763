'use client';

import {
  formatFactorValue,
  labelFactors,
  type Point,
  type PredictionsQuery,
  type Trial,
} from '@capgrid/contracts';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Fault } from '../api-access/fault';
import { FaultBox } from '../feedback/fault-box';
import { PageHead } from '../frame/page-head';
import { StatusMark } from '../status/status-mark';
import { describeProgress } from '../status/phase-words';
import { AttemptTable } from './attempt-table';
import { FactList } from './fact-list';
import { ScoreStrip } from './score-strip';
import { averagedCheckpoints } from './averaged-checkpoints';
import { nameTraining } from './name-training';
import { SpecSummary } from './spec-summary';
import { TrainingCurves } from './training-curves';
import { TrainingTable } from './training-table';
import { evaluationFacts, trainingFacts } from './training-facts';
import s from './trial.module.css';
import { useLiveTrial } from './use-live-trial';

type TrialViewProps = {
  trial: Trial;
  /** The training whose facts and curves are shown. */
  trainingId: string;
  query: PredictionsQuery;
  points: Point[];
  pointsFault: Fault | null;
  /** The captions, made on the server. */
  children: ReactNode;
};

export function TrialView({ children, query, pointsFault, ...initial }: TrialViewProps) {
  const { trial, training, points, connection } = useLiveTrial(initial);
  const { trainings } = trial;
  const name = nameTraining(training, trainings);
  const averaged = averagedCheckpoints(trial.spec.training, points);
  // Retrieval learns nothing.
  const hasCurves = trial.spec.training.model.decoder !== 'retrieval';
  return (
    <>
      <p className={s.way}>
        <Link href={`/sweeps/${trial.sweepId}`}>{trial.sweepName}</Link> / trial {trial.number}
      </p>
      <PageHead title={titleOf(trial)}>
        <StatusMark status={trial.status} />
        {trial.progress !== null && (
          <span className={s.soft}>{describeProgress(trial.progress)}</span>
        )}
        {connection === 'lost' && (
          <span className={s.lost} role="status">
            Live updates interrupted; connecting again
          </span>
        )}
      </PageHead>
      {trial.failure !== null && (
        <FaultBox
          title={`Failed${trial.failure.step === null ? '' : ` at step ${trial.failure.step}`}`}
          fault={{ ...trial.failure, status: null, issues: [] }}
        />
      )}
      {trial.evaluation.scores !== null && <ScoreStrip scores={trial.evaluation.scores} />}
      {trainings.length > 1 && <TrainingTable trial={trial} shownId={training.id} query={query} />}
      <div className={s.halves}>
        <section aria-labelledby="training">
          <h2 id="training">{headed('Training', name)}</h2>
          <FactList facts={trainingFacts(trial, training, averaged)} />
        </section>
        <section aria-labelledby="evaluation">
          <h2 id="evaluation">Evaluation</h2>
          <FactList facts={evaluationFacts(trial)} />
        </section>
      </div>
      {hasCurves && (
        <section aria-labelledby="curves" className={s.section}>
          <h2 id="curves">{headed('Curves', name)}</h2>
          {averaged > 1 && (
            <p className={s.soft}>
              Each validation is of one checkpoint; the weights are the mean of the {averaged} best.
            </p>
          )}
          {pointsFault === null ? (
            <TrainingCurves training={training} attempts={trial.attempts} points={points} />
          ) : (
            <FaultBox title="The curves could not be read" fault={pointsFault} />
          )}
        </section>
      )}
      <section aria-labelledby="captions" className={s.section}>
        <h2 id="captions">Captions</h2>
        {children}
      </section>
      <section aria-labelledby="attempts" className={s.section}>
        <h2 id="attempts">Attempts</h2>
        <AttemptTable trial={trial} />
      </section>
      <SpecSummary trial={trial} />
    </>
  );
}

function headed(title: string, name: string): string {
  return name === '' ? title : `${title}: ${name}`;
}

function titleOf(trial: Trial): string {
  const parts = labelFactors(Object.keys(trial.assignment)).map(
    ({ path, label }) => `${label} ${formatFactorValue(trial.assignment[path] ?? null)}`,
  );
  return parts.length === 0 ? `Trial ${trial.number}` : parts.join(', ');
}
