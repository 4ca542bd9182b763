/** Starts the API: environment, migrations, server. */
import 'reflect-metadata';
import type { ScoringSpec } from '@capgrid/contracts';
import { createApp } from './create-app.js';
import { migrate } from './database/migrate.js';
import { describeEnvFaults, readEnv, type Env } from './env.js';
import { EventLogger } from './event-logger.js';
import { readScoring, ScoringFileError } from './scoring/scoring.js';

const USAGE_EXIT = 2;

async function main(): Promise<void> {
  const parsed = readEnv();
  if (!parsed.success) return stop(describeEnvFaults(parsed.error));
  const env = parsed.data;
  const logger = new EventLogger();
  let scoring: ScoringSpec;
  try {
    scoring = await readScoring(env);
  } catch (error) {
    if (error instanceof ScoringFileError) return stop(error.message);
    throw error;
  }
  let ran: string[];
  try {
    ran = await migrate(env.databaseUrl);
  } catch (error) {
    return stop(
      `Cannot prepare the database ${hidePassword(env.databaseUrl)}: ${reasonOf(error)}. Check DATABASE_URL and that Postgres runs.`,
    );
  }
  logger.log({ event: 'database.migrated', ran }, 'main');
  logger.log({ event: 'scoring.chosen', ...scoring }, 'main');
  const app = await createApp(env, scoring, logger);
  try {
    await app.listen(env.port, env.host);
  } catch (error) {
    await app.close();
    return stop(describeListenFault(error, env));
  }
  logger.log({ event: 'api.listening', url: await app.getUrl() }, 'main');
}

function describeListenFault(error: unknown, { host, port }: Env): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return `Port ${port} of ${host} is taken; stop the other program or set API_PORT to a free port.`;
  }
  if (code === 'EACCES') return `Port ${port} needs more rights; set API_PORT above 1023.`;
  return `Cannot listen on ${host}:${port} (${reasonOf(error)}); set API_HOST and API_PORT.`;
}

function stop(message: string): never {
  console.error(message);
  process.exit(USAGE_EXIT);
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

function hidePassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

await main();
