/** Runs once when the server starts, before the first request. */

export async function register(): Promise<void> {
  // Next builds this file twice and drops the half for its edge runtime by this very comparison.
  // oxlint-disable-next-line node/no-process-env -- Next puts a constant in its place
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { refuseBadEnvironment } = await import('./refuse-bad-environment');
    refuseBadEnvironment();
  }
}
