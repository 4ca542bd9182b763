/** Which captions the trial page shows, as it stands in the address. */
import { PredictionsQuery } from '@capgrid/contracts';

export type CaptionSearch = Record<string, string | string[] | undefined>;

export const PAGE_SIZE = 24;

/** Worst first is what one looks for; whatever is no such query falls back to it. */
export function readCaptionSearch(search: CaptionSearch): PredictionsQuery {
  const sort = PredictionsQuery.shape.sort.safeParse(search['sort'] ?? 'ciderD');
  const text = typeof search['search'] === 'string' ? search['search'].slice(0, 100) : '';
  const page = Number(search['page'] ?? 1);
  return {
    sort: sort.success ? sort.data : 'ciderD',
    search: text,
    offset: Number.isSafeInteger(page) && page > 1 ? (page - 1) * PAGE_SIZE : 0,
    limit: PAGE_SIZE,
  };
}

/** The address of another view of the same captions. */
export function captionHref(trialId: string, query: PredictionsQuery, page: number): string {
  const search = new URLSearchParams({ sort: query.sort });
  if (query.search !== '') search.set('search', query.search);
  if (page > 1) search.set('page', String(page));
  return `/trials/${trialId}?${search.toString()}#captions`;
}
