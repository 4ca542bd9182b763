/**
 * Finds or creates the feature sets, trainings and evaluations of a launch, with their tasks. Runs
 * inside the launch's transaction, under the sweep lock.
 */
import type { Sha256, TaskKind, TaskStatus } from '@capgrid/contracts';
import { newId } from '../database/new-id.js';
import type { Database } from '../database/query-rows.js';
import { lockTasks, reviveTasks } from '../tasks/task-states.js';
import { insertRows } from '../database/insert-rows.js';
import { findKnown, type Known } from './known-work.js';
import type { LaunchPlan } from './launch-plan.js';

export type Work = { id: string; taskId: string; wasFinished: boolean };
export type WorkByKey = ReadonlyMap<Sha256, Work>;

type NewTask = { id: string; kind: TaskKind; status: TaskStatus; depends_on: string | null };

export async function createWork(
  database: Database,
  plan: LaunchPlan,
): Promise<{ trainings: WorkByKey; evaluations: WorkByKey }> {
  await holdKnown(database, plan);
  const featureSets = toWork(await findKnown(database, 'feature_sets', plan.featureSets.keys()));
  const trainings = toWork(await findKnown(database, 'trainings', plan.trainings.keys()));
  const evaluations = toWork(await findKnown(database, 'evaluations', plan.evaluations.keys()));
  const tasks: NewTask[] = [];

  const newFeatureSets = [...plan.featureSets.values()]
    .filter((planned) => !featureSets.has(planned.key))
    .map((planned) => {
      const work = addWork(tasks, 'features', newId('featureSet'), null);
      featureSets.set(planned.key, work);
      return {
        id: work.id,
        key: planned.key,
        task_id: work.taskId,
        dataset_digest: planned.datasetDigest,
        image_limit: planned.limit,
        encoder: planned.encoder,
        plan_sha256: planned.plan?.planSha256 ?? null,
        weights_sha256: planned.plan?.weightsSha256 ?? null,
      };
    });
  const newTrainings = [...plan.trainings.values()]
    .filter((planned) => !trainings.has(planned.key))
    .map((planned) => {
      const needed = pick(featureSets, planned.featureKey);
      const work = addWork(tasks, 'training', newId('training'), needed);
      trainings.set(planned.key, work);
      return {
        id: work.id,
        key: planned.key,
        task_id: work.taskId,
        feature_set_id: needed.id,
        spec: planned.spec,
      };
    });
  const newEvaluations = [...plan.evaluations.values()]
    .filter((planned) => !evaluations.has(planned.key))
    .map((planned) => {
      const needed = pick(trainings, planned.trainingKey);
      const work = addWork(tasks, 'evaluation', newId('evaluation'), needed);
      evaluations.set(planned.key, work);
      return {
        id: work.id,
        key: planned.key,
        task_id: work.taskId,
        training_id: needed.id,
        decode: planned.decode,
        scoring: planned.scoring,
      };
    });

  await insertRows(database, 'tasks', ['id', 'kind', 'status', 'depends_on'], tasks);
  await insertRows(
    database,
    'feature_sets',
    [
      'id',
      'key',
      'task_id',
      'dataset_digest',
      'image_limit',
      'encoder',
      'plan_sha256',
      'weights_sha256',
    ],
    newFeatureSets,
  );
  await insertRows(
    database,
    'trainings',
    ['id', 'key', 'task_id', 'feature_set_id', 'spec'],
    newTrainings,
  );
  await insertRows(
    database,
    'evaluations',
    ['id', 'key', 'task_id', 'training_id', 'decode', 'scoring'],
    newEvaluations,
  );
  await reviveTasks(database, taskIds(featureSets, trainings, evaluations));
  return { trainings, evaluations };
}

/** From here on no trainer's report changes the state of what is known already. */
async function holdKnown(database: Database, plan: LaunchPlan): Promise<void> {
  const known = [
    await findKnown(database, 'feature_sets', plan.featureSets.keys()),
    await findKnown(database, 'trainings', plan.trainings.keys()),
    await findKnown(database, 'evaluations', plan.evaluations.keys()),
  ];
  await lockTasks(
    database,
    known.flatMap((group) => [...group.values()].map((row) => row.task_id)),
  );
}

function toWork(known: ReadonlyMap<Sha256, Known>): Map<Sha256, Work> {
  return new Map(
    [...known].map(([key, row]) => [
      key,
      { id: row.id, taskId: row.task_id, wasFinished: row.status === 'finished' },
    ]),
  );
}

function addWork(tasks: NewTask[], kind: TaskKind, id: string, needed: Work | null): Work {
  const taskId = newId('task');
  const isReady = needed === null || needed.wasFinished;
  tasks.push({
    id: taskId,
    kind,
    status: isReady ? 'queued' : 'waiting',
    depends_on: needed?.taskId ?? null,
  });
  return { id, taskId, wasFinished: false };
}

/** The entry of a key that the plan is known to have. */
export function pick(works: WorkByKey, key: Sha256): Work {
  const work = works.get(key);
  if (work === undefined) throw new Error(`the launch plan names ${key} but does not contain it`);
  return work;
}

function taskIds(...groups: WorkByKey[]): string[] {
  return groups.flatMap((group) => [...group.values()].map((work) => work.taskId));
}
