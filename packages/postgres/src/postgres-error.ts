/** What goes wrong with the private Postgres. The code is stable; the message says what to do. */

export type PostgresErrorCode =
  | 'no-binaries'
  | 'no-account'
  | 'folder-not-usable'
  | 'folder-of-another-user'
  | 'other-version'
  | 'initdb-failed'
  | 'start-failed'
  | 'port-taken'
  | 'data-in-use'
  | 'busy'
  | 'stop-failed';

export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}

export function isFileError(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
