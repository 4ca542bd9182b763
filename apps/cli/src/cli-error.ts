/** An error whose message is for the user as it stands, with the exit code of the command. */

export type CliErrorCode =
  | 'usage'
  | 'bad-spec'
  | 'bad-captions'
  | 'bad-environment'
  | 'dataset-exists'
  | 'port-taken'
  | 'folder-not-writable'
  | 'not-running'
  | 'part-failed'
  | 'not-found'
  | 'interrupted';

/** 1: it was tried and failed. 2: it cannot be tried like this. 130: Ctrl-C. */
const EXIT_CODES: Record<CliErrorCode, number> = {
  usage: 2,
  'bad-spec': 2,
  'bad-captions': 1,
  'bad-environment': 2,
  'dataset-exists': 2,
  'port-taken': 2,
  'folder-not-writable': 2,
  'not-running': 1,
  'part-failed': 1,
  'not-found': 1,
  interrupted: 130,
};

export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: CliErrorCode,
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

export function isFileError(cause: unknown, ...codes: string[]): boolean {
  return (
    cause instanceof Error &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    codes.includes(cause.code)
  );
}
