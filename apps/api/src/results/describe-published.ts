/** What a reader should know before comparing with published rows. */
import type { PublishedRow } from '@capgrid/contracts';

/** A printed table; its notes and those of its rows, each once. */
type Printed = { title: string; data: string; notes: Set<string> };

/**
 * A paragraph of each printed table: its title, what it was measured on, and the notes that are of it
 * alone. Then one of what several tables say, which names them, and one of rows of no table, where
 * there is such a note.
 */
export function describePublished(published: readonly PublishedRow[]): string[] {
  const tables = tablesOf(published);
  const titles = titlesOfNotes(tables);
  const own = tables.map(({ title, data, notes }) => {
    const alone = [...notes].filter((note) => titles.get(note)?.length === 1);
    return [`${title} (${data}).`, ...alone].join(' ');
  });
  const common = new Map<string, string[]>();
  for (const [note, those] of titles) {
    if (those.length === 1) continue;
    const name = nameTables(those, tables.length);
    common.set(name, [...(common.get(name) ?? []), note]);
  }
  const ofNone = new Set(published.filter(({ table }) => table === undefined).flatMap(noteOf));
  return [
    ...own,
    ...[...common].map(([name, notes]) => `${name}: ${notes.join(' ')}`),
    ...(ofNone.size > 0 ? [[...ofNone].join(' ')] : []),
  ];
}

function tablesOf(published: readonly PublishedRow[]): Printed[] {
  const tables = new Map<string, Printed>();
  for (const row of published) {
    if (row.table === undefined) continue;
    const { title, data, notes } = row.table;
    const printed = tables.get(title) ?? { title, data, notes: new Set(notes) };
    tables.set(title, printed);
    for (const note of noteOf(row)) printed.notes.add(note);
  }
  return [...tables.values()];
}

function noteOf({ source, note }: PublishedRow): string[] {
  return note === undefined ? [] : [`${source}: ${note}`];
}

/** By note, the tables that have it. */
function titlesOfNotes(tables: readonly Printed[]): Map<string, string[]> {
  const titles = new Map<string, string[]>();
  for (const { title, notes } of tables) {
    for (const note of notes) titles.set(note, [...(titles.get(note) ?? []), title]);
  }
  return titles;
}

/** `Both tables`, or the titles where there are others. */
function nameTables(titles: readonly string[], tables: number): string {
  if (titles.length < tables) return titles.join('; ');
  return tables === 2 ? 'Both tables' : `All ${tables} tables`;
}
