/** Scores as rows hold them and as the contracts name them. */
import { MeasuredScores, SCORE_NAMES, type Scores } from '@capgrid/contracts';
import { z } from 'zod';

/** For a SELECT list with `evaluations`: one object, NULL where nothing was measured. */
export const SCORES_COLUMN = `(
  SELECT json_object_agg(metric, json_build_object(
    'value', value,
    'signature', signature,
    'interval', CASE WHEN interval_low IS NOT NULL
      THEN json_build_object('low', interval_low, 'high', interval_high) END
  ))
  FROM evaluation_scores WHERE evaluation_id = evaluations.id
) AS scores`;

/**
 * What the column holds. Scores that this version does not know, as a newer one left them, are
 * skipped: one of them must not make the others unreadable.
 */
export const ScoresColumn = z
  .record(z.string(), z.unknown())
  .transform((scores) =>
    Object.fromEntries(Object.entries(scores).filter(([name]) => KNOWN.has(name))),
  )
  .pipe(MeasuredScores)
  .nullable();

const KNOWN: ReadonlySet<string> = new Set(SCORE_NAMES);

/** The values alone. */
export function valuesOf(scores: MeasuredScores | null): Scores | null {
  if (scores === null) return null;
  return Object.fromEntries(Object.entries(scores).map(([name, { value }]) => [name, value]));
}
