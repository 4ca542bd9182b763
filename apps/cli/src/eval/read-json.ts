/** Text to JSON, with a message that names line, column and what to do. */
import { findJsonError } from './find-json-error.js';
import { badFile } from './read-text.js';

/** @throws CliError `bad-captions` */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = findJsonError(text);
    const place = found === null ? '' : `, line ${found.line}, column ${found.column}`;
    const problem = found?.problem ?? (cause instanceof Error ? cause.message : String(cause));
    throw badFile(path, `is not JSON${place}: ${problem}`, remedyFor(text, problem), cause);
  }
}

/** What writes a file that is nearly JSON. */
function remedyFor(text: string, problem: string): string {
  const start = text.trimStart();
  const isLines = start.startsWith('{') && problem.startsWith('expected the end and found "{"');
  if (isLines) return 'One object a line is JSON Lines: make a list of it with jq -s';
  if (/found "(NaN|Infinity)"|found "-"/.test(problem)) {
    return 'Python writes NaN for a missing value: give every image a caption';
  }
  if (/found "(None|True|False)"|found "'"/.test(problem)) {
    return 'This is how Python prints: write the file with json.dump';
  }
  if (/the file ends$|does not end$/.test(problem)) {
    return 'The end is missing: write or copy the file again';
  }
  return 'Mend it there, or write it again with a JSON library';
}

/** An object of JSON, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a message shows it, cut where it is long. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
