'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

/** A value that follows `set` after a pause, so that typing does not ask the API at every key. */
export function useSettled<T>(
  initial: T,
  pauseMs: number,
): { settled: T; settleSoon: (value: T) => void; settleNow: (value: T) => void } {
  const [settled, setSettled] = useState(initial);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const settleNow = useCallback((value: T) => {
    clearTimeout(timer.current);
    setSettled(() => value);
  }, []);
  const settleSoon = useCallback(
    (value: T) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setSettled(() => value), pauseMs);
    },
    [pauseMs],
  );
  return { settled, settleSoon, settleNow };
}
