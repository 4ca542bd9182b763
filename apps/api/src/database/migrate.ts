/** Brings the schema up to date, one API process at a time. */
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source-options.js';

const LOCK = 'capgrid.migrate';

/** Runs what is missing and gives the names of what ran. */
export async function migrate(url: string): Promise<string[]> {
  const source = await new DataSource(dataSourceOptions(url)).initialize();
  try {
    // The lock belongs to one connection; the migrations run on another.
    const guard = source.createQueryRunner();
    try {
      await guard.query('SELECT pg_advisory_lock(hashtext($1))', [LOCK]);
      const ran = await source.runMigrations({ transaction: 'each' });
      await guard.query('SELECT pg_advisory_unlock(hashtext($1))', [LOCK]);
      return ran.map((migration) => migration.name);
    } finally {
      await guard.release();
    }
  } finally {
    await source.destroy();
  }
}
