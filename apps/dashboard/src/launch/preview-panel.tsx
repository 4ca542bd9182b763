'use client';

/** What a launch would do, asked from the API: it knows what is finished already. */
import type { SweepPreview, SweepSpec } from '@capgrid/contracts';
import { useMemo } from 'react';
import { toFault } from '../api-access/fault';
import { FaultBox } from '../feedback/fault-box';
import { IssueList } from '../feedback/issue-list';
import { LoadingNote } from '../feedback/loading-note';
import { countOf, formatCount } from '../numbers/format-number';
import { CellTable } from './cell-table';
import { causesShown, DroppedCells } from './dropped-cells';
import s from './launch.module.css';
import { usePreview } from './use-preview';

export function PreviewPanel({ spec }: { spec: SweepSpec }) {
  const { data, error, isPlaceholderData } = usePreview(spec);
  if (error !== null) {
    return <FaultBox title="The preview could not be made" fault={toFault(error)} />;
  }
  if (data === undefined) return <LoadingNote />;
  return (
    <div aria-busy={isPlaceholderData} className={isPlaceholderData ? s.stale : undefined}>
      <Counts preview={data} />
      <Notes notes={data.notes} />
      <DroppedPart dropped={data.dropped} />
      <CellTable cells={data.cells} factors={data.factors} />
    </div>
  );
}

/** No faults: presets and grids may well set what a trial does not read. */
function Notes({ notes }: Pick<SweepPreview, 'notes'>) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="Notes on the spec" className={s.notes}>
      <p>{countOf(notes.length, 'note')} on the spec</p>
      <IssueList issues={notes} />
    </section>
  );
}

function DroppedPart({ dropped }: Pick<SweepPreview, 'dropped'>) {
  const causes = useMemo(() => causesShown(dropped), [dropped]);
  return <DroppedCells dropped={causes} />;
}

function Counts({ preview }: { preview: SweepPreview }) {
  return (
    <dl className={s.counts} aria-live="polite">
      <div>
        <dt>Trials</dt>
        <dd>
          <b>{formatCount(preview.trials)}</b>
          <span>
            {preview.dropped.length === 0
              ? 'none dropped'
              : `${countOf(preview.dropped.length, 'cell')} dropped`}
          </span>
        </dd>
      </div>
      <Row
        label="Trainings"
        fresh={preview.newTrainings}
        pending={preview.pendingTrainings}
        reused={preview.reusedTrainings}
      />
      <Row
        label="Feature sets"
        fresh={preview.newFeatureSets}
        pending={preview.pendingFeatureSets}
        reused={preview.reusedFeatureSets}
      />
      <Row
        label="Evaluations"
        fresh={preview.newEvaluations}
        pending={preview.pendingEvaluations}
        reused={preview.reusedEvaluations}
      />
    </dl>
  );
}

type RowProps = {
  label: string;
  fresh: number;
  /** Under way for an earlier sweep. */
  pending: number;
  reused: number;
};

function Row({ label, fresh, pending, reused }: RowProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <b>{formatCount(fresh + pending + reused)}</b>
        <span>
          {formatCount(fresh)} new,{' '}
          {pending > 0 && `${formatCount(pending)} under way for an earlier sweep, `}
          {formatCount(reused)} reused
        </span>
      </dd>
    </div>
  );
}
