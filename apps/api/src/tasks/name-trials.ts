/** Which trials a task is for, in words: a trainer names them when it reports a crash. */
import { z } from 'zod';
import { queryRow, type Database } from '../database/query-rows.js';

/** A feature set may serve hundreds of trials. */
const MOST_NUMBERS = 5;

const Place = z.object({ name: z.string(), numbers: z.array(z.int()) });

/** @returns e.g. `trials 3, 4 of sweep "attention"`; of several sweeps the one launched last */
export async function nameTrials(database: Database, taskId: string): Promise<string> {
  const place = await queryRow(database, Place, PLACE, [taskId]);
  if (place === null) throw new Error(`task ${taskId} has no trial; each is created with one`);
  const { name, numbers } = place;
  const named = numbers.slice(0, MOST_NUMBERS).join(', ');
  const rest = numbers.length > MOST_NUMBERS ? ` and ${numbers.length - MOST_NUMBERS} more` : '';
  return `${numbers.length === 1 ? 'trial' : 'trials'} ${named}${rest} of sweep "${name}"`;
}

const PLACE = `
SELECT sweeps.name, array_agg(trials.number ORDER BY trials.number) AS numbers
FROM task_trials($1) needing
JOIN trials ON trials.id = needing.trial_id
JOIN sweeps ON sweeps.id = trials.sweep_id
GROUP BY sweeps.id
ORDER BY sweeps.cancelled_at IS NOT NULL, sweeps.position DESC LIMIT 1`;
