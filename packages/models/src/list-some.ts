const MOST = 5;

/** Names out of a file that may have any number of them: `a, b, c, d, e and 7 more`. */
export function listSome(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(', ');
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
