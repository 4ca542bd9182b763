'use client';

import { callApi, routes, type Sweep } from '@capgrid/contracts';
import { useMutation } from '@tanstack/react-query';
import { browserApi } from '../api-access/browser-api';
import { toFault } from '../api-access/fault';
import { ConfirmButton } from '../feedback/confirm-button';
import { FaultBox } from '../feedback/fault-box';
import { countOf } from '../numbers/format-number';

type SweepActionsProps = { sweep: Pick<Sweep, 'id' | 'progress'>; onChanged: () => Promise<void> };

export function SweepActions({ sweep, onChanged }: SweepActionsProps) {
  const input = { params: { sweepId: sweep.id } };
  const cancel = useMutation({
    mutationFn: () => callApi(browserApi(), routes.cancelSweep, input),
    onSuccess: onChanged,
  });
  const retry = useMutation({
    mutationFn: () => callApi(browserApi(), routes.retrySweep, input),
    onSuccess: onChanged,
  });
  const { status, trials } = sweep.progress;
  const left = trials.queued + trials.running;
  const again = trials.failed + trials.cancelled;
  const fault = cancel.error ?? retry.error;
  return (
    <>
      {status === 'running' && (
        <ConfirmButton
          label="Cancel"
          title="Cancel this sweep?"
          confirm={`Cancel ${countOf(left, 'trial')}`}
          isBusy={cancel.isPending}
          onConfirm={() => cancel.mutate()}
        >
          <p>
            {countOf(left, 'trial')} that are queued or running will stop. Finished results stay,
            and trainings that another sweep waits for go on. You can queue the cancelled trials
            again later.
          </p>
        </ConfirmButton>
      )}
      {again > 0 && (
        <ConfirmButton
          label="Retry failed"
          title="Try again?"
          confirm={`Queue ${countOf(again, 'trial')} again`}
          isBusy={retry.isPending}
          onConfirm={() => retry.mutate()}
        >
          <p>
            {countOf(again, 'trial')} that failed or were cancelled will be queued again, with the
            same spec and seed. Trainings go on from their last checkpoint.
          </p>
        </ConfirmButton>
      )}
      {fault !== null && <FaultBox title="That did not work" fault={toFault(fault)} />}
    </>
  );
}
