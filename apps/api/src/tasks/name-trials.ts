/** Which trials a task is for, in words: a trainer names them when it reports a crash. */
import type { TaskKind } from '@capgrid/contracts';
import { z } from 'zod';
import { queryRow, type Database } from '../database/query-rows.js';

/** A feature set may serve hundreds of trials. */
const MOST_NUMBERS = 5;

const Place = z.object({ name: z.string(), numbers: z.array(z.int()) });

/** @returns e.g. `trials 3, 4 of sweep "attention"`; of several sweeps the one launched last */
export async function nameTrials(
  database: Database,
  task: { id: string; kind: TaskKind },
): Promise<string> {
  const place = await queryRow(database, Place, PLACE_BY_KIND[task.kind], [task.id]);
  if (place === null) throw new Error(`task ${task.id} has no trial; each is created with one`);
  const { name, numbers } = place;
  const named = numbers.slice(0, MOST_NUMBERS).join(', ');
  const rest = numbers.length > MOST_NUMBERS ? ` and ${numbers.length - MOST_NUMBERS} more` : '';
  return `${numbers.length === 1 ? 'trial' : 'trials'} ${named}${rest} of sweep "${name}"`;
}

/** One statement per kind, since an index finds the rows of one column. */
const PLACE_BY_KIND: Record<TaskKind, string> = {
  features: placeOf(
    'feature_sets',
    `JOIN trainings ON trainings.feature_set_id = feature_sets.id
     JOIN trials ON trials.training_id = trainings.id`,
  ),
  training: placeOf('trainings', 'JOIN trials ON trials.training_id = trainings.id'),
  evaluation: placeOf('evaluations', 'JOIN trials ON trials.evaluation_id = evaluations.id'),
};

function placeOf(table: string, joins: string): string {
  return `SELECT sweeps.name, array_agg(trials.number ORDER BY trials.number) AS numbers
    FROM ${table} ${joins} JOIN sweeps ON sweeps.id = trials.sweep_id
    WHERE ${table}.task_id = $1
    GROUP BY sweeps.id
    ORDER BY sweeps.cancelled_at IS NOT NULL, sweeps.position DESC LIMIT 1`;
}
