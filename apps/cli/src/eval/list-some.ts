/** Of a list out of a file, which may be long: `a, b and 7 more`. */
export function listSome(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
