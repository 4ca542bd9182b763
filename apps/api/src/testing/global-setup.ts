/** One Postgres for all test files, and a migrated database that each file copies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@capgrid/postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from '../database/migrate.js';
import { createDatabase, dropDatabase, urlOf } from './databases.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the database in which databases are created. */
    postgresUrl: string;
    templateName: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL'];
  const own = given === undefined ? await startOwn() : null;
  const postgresUrl = own?.url ?? given ?? '';
  const templateName = `api_template_${process.pid}`;
  await createDatabase(postgresUrl, templateName);
  await migrate(urlOf(postgresUrl, templateName));
  project.provide('postgresUrl', postgresUrl);
  project.provide('templateName', templateName);
  return async () => {
    await dropDatabase(postgresUrl, templateName);
    await own?.stop();
  };
}

async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'capgrid-api-test-'));
  const server = await startPostgres({ dataFolder: join(folder, 'postgres') });
  return {
    url: server.url,
    stop: async () => {
      await server.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
