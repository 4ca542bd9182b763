/** Turns whatever a task threw into the reason that is stored with its attempt. */
import type { Failure } from '@capgrid/contracts';

/** Trying again may help with these; every other error repeats itself with the same spec. */
const RETRYABLE = new Set(['eagain', 'ebusy', 'eio', 'emfile', 'enfile', 'etimedout']);

export function describeFailure(error: unknown): Failure {
  const code = isOutOfMemory(error) ? 'out-of-memory' : codeOf(error);
  return {
    code,
    message: messageOf(error, code).slice(0, 4000),
    isRetryable: flagOf(error) ?? RETRYABLE.has(code),
    step: stepOf(error),
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return 'unexpected-error';
  // Node's own codes are upper case: ENOSPC, ERR_INVALID_ARG_TYPE.
  const code = String(error.code).toLowerCase().replaceAll('_', '-');
  return /^[a-z0-9-]{1,64}$/.test(code) ? code : 'unexpected-error';
}

function messageOf(error: unknown, code: string): string {
  if (!(error instanceof Error)) return String(error);
  // Nobody foresaw this one, so where it came from is the best hint there is.
  return code === 'unexpected-error' ? (error.stack ?? error.message) : error.message;
}

function flagOf(error: unknown): boolean | null {
  if (!(error instanceof Error) || !('isRetryable' in error)) return null;
  return error.isRetryable === true;
}

function stepOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('step' in error)) return null;
  return typeof error.step === 'number' && Number.isInteger(error.step) ? error.step : null;
}

/** How V8 and the wasm heap say that there is no room left. */
function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /array buffer allocation failed|invalid array buffer length|cannot enlarge memory|wasm.*out of memory/i.test(
      error.message,
    )
  );
}
