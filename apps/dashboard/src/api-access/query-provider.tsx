'use client';

/** One TanStack Query cache for the tab. */
import { ApiError } from '@capgrid/contracts';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';

const MAX_RETRIES = 2;

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: isWorthRetrying, staleTime: 1000 } },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

/** The API's own refusals (4xx) stay refusals; a restart of it does not. */
function isWorthRetrying(failures: number, error: Error): boolean {
  const isRefusal = error instanceof ApiError && error.status !== null && error.status < 500;
  return !isRefusal && failures < MAX_RETRIES;
}
