/** A sweep by its id, the beginning of its id, or its name (the newest of that name). */
import { ApiError, callApi, routes, type ApiClient, type SweepSummary } from '@capgrid/contracts';
import { CliError } from '../cli-error.js';

const PAGE = 100;

export async function findSweepId(client: ApiClient, wanted: string): Promise<string> {
  try {
    return (await callApi(client, routes.getSweep, { params: { sweepId: wanted } })).id;
  } catch (cause) {
    const isUnknown = cause instanceof ApiError && cause.status !== null && cause.status < 500;
    if (!isUnknown) throw cause;
  }
  const byPrefix: SweepSummary[] = [];
  for await (const sweep of listSweeps(client)) {
    if (sweep.name === wanted) return sweep.id;
    if (sweep.id.startsWith(wanted)) byPrefix.push(sweep);
  }
  const [only, ...others] = byPrefix;
  if (only !== undefined && others.length === 0) return only.id;
  const reason = only === undefined ? 'No sweep has' : 'Several sweeps begin with';
  throw new CliError(
    'not-found',
    `${reason} the id or name "${wanted}": ./capgrid sweep list shows them.`,
  );
}

/** Newest first. */
export async function* listSweeps(client: ApiClient): AsyncGenerator<SweepSummary, void> {
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit: PAGE } : { limit: PAGE, cursor };
    const page: { sweeps: SweepSummary[]; nextCursor: string | null } = await callApi(
      client,
      routes.listSweeps,
      { query },
    );
    yield* page.sweeps;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
