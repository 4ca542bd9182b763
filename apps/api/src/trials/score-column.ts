/** Scores as rows hold them and as the contracts name them. */
import { MeasuredScores, type Scores } from '@capgrid/contracts';

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

/** What the column holds. */
export const ScoresColumn = MeasuredScores.nullable();

/** The values alone. */
export function valuesOf(scores: MeasuredScores | null): Scores | null {
  if (scores === null) return null;
  return Object.fromEntries(Object.entries(scores).map(([name, { value }]) => [name, value]));
}
