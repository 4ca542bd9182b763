/** The last line that a failed program wrote to stderr, or else the error's own message. */
export function tell(cause: unknown): string {
  if (cause instanceof Error && 'stderr' in cause && typeof cause.stderr === 'string') {
    const told = cause.stderr.trim().split('\n').at(-1) ?? '';
    if (told !== '') return told;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
