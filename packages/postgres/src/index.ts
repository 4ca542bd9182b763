/** A private Postgres from npm binaries. */
export { askVersion } from './ask-version.js';
export { findFreePort } from './free-port.js';
export { PostgresError, type PostgresErrorCode } from './postgres-error.js';
export {
  startPostgres,
  stopPostgres,
  type PostgresOptions,
  type RunningPostgres,
} from './start-postgres.js';
