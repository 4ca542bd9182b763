'use client';

import { callApi, canonicalJson, routes, type SweepSpec } from '@capgrid/contracts';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useRef } from 'react';
import { browserApi } from '../api-access/browser-api';
import { toFault } from '../api-access/fault';
import { Button } from '../feedback/button';
import { FaultBox } from '../feedback/fault-box';
import s from './launch.module.css';
import { usePreview } from './use-preview';

type LaunchButtonProps = {
  spec: SweepSpec;
  /** False while the text is ahead of the spec that was read from it. */
  isReady: boolean;
};

export function LaunchButton({ spec, isReady }: LaunchButtonProps) {
  const router = useRouter();
  const keyOf = useIdempotencyKey();
  const launch = useMutation({
    mutationFn: () =>
      callApi(browserApi(), routes.launchSweep, {
        body: { spec },
        headers: { 'idempotency-key': keyOf(canonicalJson(spec)) },
      }),
    onSuccess: (sweep) => router.push(`/sweeps/${sweep.id}`),
  });
  const { data: preview, isPlaceholderData } = usePreview(spec);
  const isEmpty = preview?.trials === 0 && !isPlaceholderData;
  const isBusy = launch.isPending || launch.isSuccess;
  return (
    <div className={s.launch}>
      <Button isPrimary disabled={!isReady || isBusy || isEmpty} onClick={() => launch.mutate()}>
        {isBusy ? 'Launching…' : `Launch “${spec.name}”`}
      </Button>
      {isEmpty && <p className={s.soft}>There is no trial to launch: every cell is dropped.</p>}
      {launch.error !== null && (
        <FaultBox title="The sweep was not launched" fault={toFault(launch.error)} />
      )}
    </div>
  );
}

/**
 * One key per spec and visit: pressing the button again after a lost answer finds the sweep that the
 * first press made. `crypto.randomUUID` would be missing where the page is not served over HTTPS.
 */
function useIdempotencyKey(): (spec: string) => string {
  const keys = useRef(new Map<string, string>());
  return (spec) => {
    const known = keys.current.get(spec);
    if (known !== undefined) return known;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    keys.current.set(spec, key);
    return key;
  };
}
