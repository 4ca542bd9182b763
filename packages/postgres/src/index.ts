/** A private Postgres from npm binaries. */
export { findFreePort } from './free-port.js';
export { PostgresError, type PostgresErrorCode } from './postgres-error.js';
export { startPostgres, type PostgresOptions, type RunningPostgres } from './start-postgres.js';
