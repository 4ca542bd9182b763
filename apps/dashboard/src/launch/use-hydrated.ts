'use client';

import { useSyncExternalStore } from 'react';

/** False in the page as the server sends it: what is typed before React listens would be lost. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
}

function neverChanges(): () => void {
  return () => undefined;
}
