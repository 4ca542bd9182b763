/** Finds the API to talk to, and says in one sentence when there is none. */
import { ApiError, callApi, routes, type ApiClient } from '@capgrid/contracts';
import { CliError } from './cli-error.js';
import type { Context } from './context.js';
import { findStack } from './stack/find-stack.js';

/** @throws CliError `not-running` when nothing answers */
export async function connect({ env }: Context): Promise<ApiClient> {
  const found = findStack(env.home);
  const ownUrl = found.kind === 'running' ? found.state.apiUrl : null;
  const baseUrl = env.apiUrl ?? ownUrl ?? `http://127.0.0.1:${env.apiPort}`;
  const client = { baseUrl };
  try {
    await callApi(client, routes.healthz);
    return client;
  } catch (cause) {
    const isSilent = cause instanceof ApiError && cause.code === 'no-answer';
    const message = isSilent
      ? `Capgrid does not run at ${baseUrl}: start it with ./capgrid up.`
      : `What listens at ${baseUrl} is not Capgrid: set CAPGRID_API_PORT or CAPGRID_API_URL.`;
    throw new CliError('not-running', message, { cause });
  }
}
