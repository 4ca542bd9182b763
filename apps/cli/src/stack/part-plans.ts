/** How each part of the stack is started: file, variables, and how to tell that it is ready. */
import { join, resolve } from 'node:path';
import { callApi, routes } from '@capgrid/contracts';
import type { Env } from '../env.js';
import type { PartPlan } from './part.js';

export interface Addresses {
  apiUrl: string;
  dashboardUrl: string;
  databaseUrl: string;
  queueUrl: string;
}

/** The longest that one question whether a part is ready may take. */
const ASK_MS = 2000;

/** Files that the user names as seen from here; the parts run in another folder. */
const FILE_SETTINGS = ['CAPGRID_METEOR_PARAPHRASES', 'CAPGRID_SPICE_JAR', 'CAPGRID_SPICE_CACHE'];

function scoringFiles(env: Env): Record<string, string> {
  return Object.fromEntries(
    FILE_SETTINGS.flatMap((name) => {
      const path = env.variables[name] ?? '';
      return path === '' ? [] : [[name, resolve(path)]];
    }),
  );
}

export function planApi(root: string, env: Env, { databaseUrl, queueUrl, apiUrl }: Addresses) {
  return {
    name: 'api',
    command: [join(root, 'apps/api/dist/main.js')],
    folder: root,
    variables: {
      ...env.variables,
      CAPGRID_HOME: env.home,
      DATABASE_URL: databaseUrl,
      QUEUE_URL: queueUrl,
      API_HOST: '127.0.0.1',
      API_PORT: String(env.apiPort),
      ...scoringFiles(env),
    },
    logPath: logPath(env.home, 'api'),
    isReady: () => isApiReady(apiUrl),
  } satisfies PartPlan;
}

export function planTrainer(root: string, env: Env, { queueUrl, apiUrl }: Addresses) {
  return {
    name: 'trainer',
    command: [join(root, 'apps/trainer/dist/main.js')],
    folder: root,
    variables: {
      ...env.variables,
      CAPGRID_HOME: env.home,
      QUEUE_URL: queueUrl,
      API_URL: apiUrl,
      ...scoringFiles(env),
    },
    logPath: logPath(env.home, 'trainer'),
    // It serves nothing that could be asked; this line says that it takes tasks.
    isReady: async (log: string) => log.includes('"event":"trainer.ready"'),
  } satisfies PartPlan;
}

export function planDashboard(root: string, env: Env, { apiUrl, dashboardUrl }: Addresses) {
  return {
    name: 'dashboard',
    command: [
      join(root, 'node_modules/next/dist/bin/next'),
      'start',
      '--hostname',
      '127.0.0.1',
      '--port',
      String(env.dashboardPort),
    ],
    folder: join(root, 'apps/dashboard'),
    variables: { ...env.variables, API_URL: apiUrl, NEXT_TELEMETRY_DISABLED: '1' },
    logPath: logPath(env.home, 'dashboard'),
    isReady: () => answers(dashboardUrl),
  } satisfies PartPlan;
}

export function logPath(home: string, name: string): string {
  return join(home, 'logs', `${name}.log`);
}

export async function isApiReady(apiUrl: string): Promise<boolean> {
  try {
    const client = { baseUrl: apiUrl };
    const health = await callApi(client, routes.readyz, { signal: AbortSignal.timeout(ASK_MS) });
    return health.status === 'ok';
  } catch {
    // Not listening yet, or listening and not ready: both mean to ask again.
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ASK_MS) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
