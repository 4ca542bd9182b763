'use client';

import type { DroppedCauses } from '@capgrid/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { PageHead } from '../frame/page-head';
import { DroppedCells } from '../launch/dropped-cells';
import { Instant } from '../numbers/instant';
import { ResultsSection } from '../results/results-section';
import { StatusMark } from '../status/status-mark';
import { SweepActions } from './sweep-actions';
import { SweepProgressPanel } from './sweep-progress-panel';
import s from './sweep.module.css';
import { TrialTable } from './trial-table';
import { sweepKey, type SweepData, useLiveSweep } from './use-live-sweep';

type SweepViewProps = SweepData & { dropped: DroppedCauses };

export function SweepView({ dropped, ...initial }: SweepViewProps) {
  const client = useQueryClient();
  const { sweep, trials, results, connection } = useLiveSweep(initial);
  const { progress } = sweep;
  return (
    <>
      <PageHead title={sweep.name}>
        <SweepActions
          sweep={sweep}
          onChanged={() => client.invalidateQueries({ queryKey: sweepKey(sweep.id) })}
        />
      </PageHead>
      <p className={s.facts}>
        <StatusMark status={progress.status} />
        <span>dataset {sweep.dataset}</span>
        <span>
          launched <Instant at={sweep.createdAt} /> UTC
        </span>
      </p>
      {sweep.spec.description !== undefined && <p>{sweep.spec.description}</p>}
      {sweep.spec.preset !== undefined && <p>Options of the preset “{sweep.spec.preset}”.</p>}
      <SweepProgressPanel progress={progress} connection={connection} />
      <ResultsSection table={results} trials={trials} />
      <section aria-labelledby="trials" className={s.section}>
        <h2 id="trials">Trials</h2>
        <TrialTable trials={trials} factors={sweep.factors} />
      </section>
      <DroppedCells dropped={dropped} />
    </>
  );
}
