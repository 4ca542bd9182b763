/** Which captions, and of which training the curves, the trial page shows, as it stands in the address. */
import { PredictionsQuery, type Training, type Trial } from '@capgrid/contracts';

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

/** The training that is asked for, or the trial's own. */
export function readShownTraining(search: CaptionSearch, trial: Trial): Training {
  return trial.trainings.find(({ id }) => id === search['training']) ?? trial.training;
}

export function pageOf({ offset }: PredictionsQuery): number {
  return Math.floor(offset / PAGE_SIZE) + 1;
}

/**
 * The address of another view of the same trial.
 * @param view `trainingId`: null for the trial's own
 */
export function trialHref(
  trialId: string,
  query: PredictionsQuery,
  { trainingId, page = pageOf(query) }: { trainingId: string | null; page?: number },
): string {
  const search = new URLSearchParams({ sort: query.sort });
  if (query.search !== '') search.set('search', query.search);
  if (page > 1) search.set('page', String(page));
  if (trainingId !== null) search.set('training', trainingId);
  return `/trials/${trialId}?${search.toString()}`;
}
