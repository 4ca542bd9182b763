import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createDatabase, dropDatabase } from '../testing/databases.js';
import { dataSourceOptions } from './data-source-options.js';
import { migrate } from './migrate.js';

const NAME = `api_schema_${process.pid}`;
const MIGRATIONS = [
  'InitialSchema1790000000000',
  'EvaluationScores1795200000000',
  'TaskNeeds1795300000000',
  'WordVectors1795400000000',
  'PrecomputedFeatures1795500000000',
  'BestCiderD1795600000000',
  'EvaluationNeeds1795700000000',
  'EarlierEngines1795800000000',
  'FeatureEngines1795900000000',
];
let url: string;
let source: DataSource;
beforeAll(async () => {
  url = await createDatabase(inject('postgresUrl'), NAME);
  await migrate(url);
  source = await new DataSource(dataSourceOptions(url)).initialize();
});
afterAll(async () => {
  await source.destroy();
  await dropDatabase(inject('postgresUrl'), NAME);
});

const countTables = async (): Promise<unknown> =>
  source.query(
    `SELECT count(*)::integer AS tables FROM information_schema.tables
     WHERE table_schema = 'public' AND table_name <> 'migrations'`,
  );

test('the entities are what the migrations make: TypeORM would change nothing', async () => {
  const plan = await source.driver.createSchemaBuilder().log();
  expect(plan.upQueries.map((query) => query.query)).toEqual([]);
});

test('every foreign key has an index that starts with its column', async () => {
  const missing: unknown = await source.query(`
    SELECT constraints.conname FROM pg_constraint constraints
    WHERE constraints.contype = 'f' AND constraints.connamespace = 'public'::regnamespace
      AND NOT EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = constraints.conrelid AND indkey[0] = constraints.conkey[1]
      )`);
  expect(missing).toEqual([]);
});

test('the migrations go down to nothing and up again', async () => {
  expect(await countTables()).toEqual([{ tables: 17 }]);
  for (const _migration of MIGRATIONS) await source.undoLastMigration();
  expect(await countTables()).toEqual([{ tables: 0 }]);
  expect(await migrate(url)).toEqual(MIGRATIONS);
  expect(await countTables()).toEqual([{ tables: 17 }]);
});

test('two processes that migrate at once do it once', async () => {
  for (const _migration of MIGRATIONS) await source.undoLastMigration();
  const ran = await Promise.all([migrate(url), migrate(url), migrate(url)]);
  expect(ran.flat()).toEqual(MIGRATIONS);
});
