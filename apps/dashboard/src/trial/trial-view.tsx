'use client';

import { formatFactorValue, labelFactors, type Point, type Trial } from '@capgrid/contracts';
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
import { SpecSummary } from './spec-summary';
import { TrainingCurves } from './training-curves';
import { evaluationFacts, trainingFacts } from './training-facts';
import s from './trial.module.css';
import { useLiveTrial } from './use-live-trial';

type TrialViewProps = {
  trial: Trial;
  points: Point[];
  pointsFault: Fault | null;
  /** The captions, made on the server. */
  children: ReactNode;
};

export function TrialView({ children, pointsFault, ...initial }: TrialViewProps) {
  const { trial, points, connection } = useLiveTrial(initial);
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
      <div className={s.halves}>
        <section aria-labelledby="training">
          <h2 id="training">Training</h2>
          <FactList facts={trainingFacts(trial)} />
        </section>
        <section aria-labelledby="evaluation">
          <h2 id="evaluation">Evaluation</h2>
          <FactList facts={evaluationFacts(trial)} />
        </section>
      </div>
      {hasCurves && (
        <section aria-labelledby="curves" className={s.section}>
          <h2 id="curves">Curves</h2>
          {pointsFault === null ? (
            <TrainingCurves points={points} />
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
        <AttemptTable attempts={trial.attempts} />
      </section>
      <SpecSummary trial={trial} />
    </>
  );
}

function titleOf(trial: Trial): string {
  const parts = labelFactors(Object.keys(trial.assignment)).map(
    ({ path, label }) => `${label} ${formatFactorValue(trial.assignment[path] ?? null)}`,
  );
  return parts.length === 0 ? `Trial ${trial.number}` : parts.join(', ');
}
