/** What a reader should know before comparing with published rows. */
import type { PublishedRow } from '@capgrid/contracts';

/**
 * A paragraph of each printed table: its title, what it was measured on, its notes, and those of its
 * rows. What several say is said once. Rows of no table have a paragraph of their own where they have a
 * note.
 */
export function describePublished(published: readonly PublishedRow[]): string[] {
  const titles = new Set(published.map(({ table }) => table?.title ?? null));
  const said = new Set<string>();
  return [...titles].flatMap((title) => {
    const rows = published.filter(({ table }) => (table?.title ?? null) === title);
    const table = rows[0]?.table;
    const ofRows = rows.flatMap(({ source, note }) =>
      note === undefined ? [] : [`${source}: ${note}`],
    );
    const notes = [...(table?.notes ?? []), ...ofRows].filter((note) => !said.has(note));
    for (const note of notes) said.add(note);
    const head = table === undefined ? [] : [`${table.title} (${table.data}).`];
    const paragraph = [...head, ...notes].join(' ');
    return paragraph === '' ? [] : [paragraph];
  });
}
