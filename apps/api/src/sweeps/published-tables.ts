/** Puts the rows of printed tables, files of `published/`, in the place of their names in a sweep spec. */
import { readdir, readFile } from 'node:fs/promises';
import {
  PublishedTable,
  toSpecIssue,
  type PublishedRow,
  type SpecIssue,
  type SweepSpec,
} from '@capgrid/contracts';
import { invalidRequest } from '../problems/problem-error.js';

const FOLDER = new URL('../../../../published/', import.meta.url);

/** As many rows as a spec may have. */
const MAX_ROWS = 1000;

/** A sweep keeps rows and notes as they are at its launch, whatever becomes of the files. */
export async function withPublishedRows(spec: SweepSpec, folder = FOLDER): Promise<SweepSpec> {
  const rows: PublishedRow[] = [];
  for (const [index, published] of spec.published.entries()) {
    const path = `spec.published.${index}`;
    if (typeof published === 'string') rows.push(...(await readRows(published, path, folder)));
    else rows.push(published);
  }
  if (rows.length > MAX_ROWS) {
    const message = `${rows.length} published rows, at most ${MAX_ROWS} are allowed; name fewer tables`;
    throw invalidRequest([{ path: 'spec.published', value: null, message }]);
  }
  return { ...spec, published: rows };
}

async function readRows(name: string, path: string, folder: URL): Promise<PublishedRow[]> {
  const known = await tableNames(folder);
  if (!known.includes(name)) {
    const there = known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
    const message = `there is no published table "${name}"; ${there}`;
    throw invalidRequest([{ path, value: JSON.stringify(name), message }]);
  }
  const text = await readFile(new URL(`${name}.json`, folder), 'utf8');
  const parsed = PublishedTable.safeParse(parseJson(text), { reportInput: true });
  if (parsed.success) {
    const { rows, ...table } = parsed.data;
    return rows.map((row) => ({ ...row, table }));
  }
  const issues = parsed.error.issues.map((issue): SpecIssue => {
    const told = toSpecIssue(issue);
    return { ...told, path, message: `published/${name}.json, ${told.path}: ${told.message}` };
  });
  throw invalidRequest(issues);
}

async function tableNames(folder: URL): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : [])).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined for what is no JSON, which no table is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
