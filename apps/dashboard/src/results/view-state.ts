/** How the results table is looked at, as it stands in the address: `?sort=-ciderD&hide=bleu2,bleu3`. */

export type ResultsView = {
  /** Column and direction, null for the order of the sweep. */
  sort: { column: string; isDescending: boolean } | null;
  hidden: string[];
};

export function readView(search: { get: (name: string) => string | null }): ResultsView {
  const sort = search.get('sort') ?? '';
  const column = sort.replace(/^-/, '');
  return {
    sort: column === '' ? null : { column, isDescending: sort.startsWith('-') },
    hidden: (search.get('hide') ?? '').split(',').filter((name) => name !== ''),
  };
}

/** The address with this view in it; parameters of others stay. */
export function writeView(current: string, view: ResultsView): string {
  const search = new URLSearchParams(current);
  search.delete('sort');
  search.delete('hide');
  if (view.sort !== null) {
    search.set('sort', `${view.sort.isDescending ? '-' : ''}${view.sort.column}`);
  }
  if (view.hidden.length > 0) search.set('hide', view.hidden.join(','));
  // Commas need no escape in a query and read better without.
  return search.toString().replaceAll('%2C', ',');
}
