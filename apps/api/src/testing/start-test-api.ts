/** A real API on a database of its own, called over HTTP. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiClient, ScoringSpec } from '@capgrid/contracts';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import { inject } from 'vitest';
import { createApp } from '../create-app.js';
import { Env } from '../env.js';
import { EventLogger } from '../event-logger.js';
import { PLAIN_SCORING } from '../scoring/scoring.js';
import { createDatabase, dropDatabase } from './databases.js';

export type TestApi = {
  client: ApiClient;
  app: NestExpressApplication;
  database: DataSource;
  env: Env;
  /** A second API process on the same database, with the same scoring unless given. */
  startTwin(scoring?: ScoringSpec): Promise<ApiClient>;
  close(): Promise<void>;
};

export async function startTestApi({
  queueUrl = null,
  scoring = PLAIN_SCORING,
}: { queueUrl?: string | null; scoring?: ScoringSpec } = {}): Promise<TestApi> {
  const postgresUrl = inject('postgresUrl');
  const name = `api_test_${randomBytes(6).toString('hex')}`;
  const databaseUrl = await createDatabase(postgresUrl, name, inject('templateName'));
  const home = await mkdtemp(join(tmpdir(), 'capgrid-home-'));
  const env = Env.parse({
    DATABASE_URL: databaseUrl,
    CAPGRID_HOME: home,
    API_PORT: '0',
    ...(queueUrl !== null && { QUEUE_URL: queueUrl }),
  });
  const apps: NestExpressApplication[] = [];
  const start = async (chosen: ScoringSpec): Promise<NestExpressApplication> => {
    const logger = new EventLogger();
    logger.setLogLevels(['fatal']);
    const app = await createApp(env, chosen, logger);
    await app.listen(0, '127.0.0.1');
    apps.push(app);
    return app;
  };
  const app = await start(scoring);
  return {
    client: { baseUrl: await app.getUrl() },
    app,
    database: app.get(DataSource),
    env,
    startTwin: async (chosen = scoring) => ({ baseUrl: await (await start(chosen)).getUrl() }),
    close: async () => {
      for (const one of apps) await one.close();
      await dropDatabase(postgresUrl, name);
      await rm(home, { recursive: true, force: true });
    },
  };
}
