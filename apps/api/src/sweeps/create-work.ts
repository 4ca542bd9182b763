/**
 * Finds or creates the feature sets, trainings and evaluations of a launch, with their tasks. Runs
 * inside the launch's transaction, under the sweep lock.
 */
import type { Sha256, TaskKind, TaskStatus } from '@capgrid/contracts';
import { newId } from '../database/new-id.js';
import type { Database } from '../database/query-rows.js';
import type { StoreReader } from '../datasets/store-reader.js';
import { findLostResults } from '../tasks/lost-results.js';
import { reviveTasks } from '../tasks/revive-tasks.js';
import { insertRows } from '../database/insert-rows.js';
import { findKnown, type Known } from './known-work.js';
import type { LaunchPlan } from './launch-plan.js';
import { renewSpecs } from './renew-specs.js';

export type Work = { id: string; taskId: string; wasFinished: boolean };
export type WorkByKey = ReadonlyMap<Sha256, Work>;

type NewTask = { id: string; kind: TaskKind; status: TaskStatus };
type NewWork = { tasks: NewTask[]; needs: { task_id: string; needed_id: string }[] };

export async function createWork(
  database: Database,
  plan: LaunchPlan,
  store: StoreReader,
): Promise<{ trainings: WorkByKey; evaluations: WorkByKey }> {
  await reviveKnown(database, plan, store);
  const knownFeatureSets = await findKnown(database, 'feature_sets', plan.featureSets.keys());
  const knownTrainings = await findKnown(database, 'trainings', plan.trainings.keys());
  const knownEvaluations = await findKnown(database, 'evaluations', plan.evaluations.keys());
  await renewSpecs(database, 'feature_sets', ['encoder'], knownFeatureSets, plan.featureSets);
  await renewSpecs(database, 'trainings', ['spec'], knownTrainings, plan.trainings);
  await renewSpecs(
    database,
    'evaluations',
    ['decode', 'scoring'],
    knownEvaluations,
    plan.evaluations,
  );
  const featureSets = toWork(knownFeatureSets);
  const trainings = toWork(knownTrainings);
  const evaluations = toWork(knownEvaluations);
  const added: NewWork = { tasks: [], needs: [] };

  const newFeatureSets = [...plan.featureSets.values()]
    .filter((planned) => !featureSets.has(planned.key))
    .map((planned) => {
      const work = addWork(added, 'features', newId('featureSet'), []);
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
        precomputed_sha256: planned.precomputedSha256,
      };
    });
  const newTrainings = [...plan.trainings.values()]
    .filter((planned) => !trainings.has(planned.key))
    .map((planned) => {
      const features = pick(featureSets, planned.featureKey);
      const start = planned.startKey === null ? null : pick(trainings, planned.startKey);
      const needs = start === null ? [features] : [features, start];
      const work = addWork(added, 'training', newId('training'), needs);
      trainings.set(planned.key, work);
      return {
        id: work.id,
        key: planned.key,
        task_id: work.taskId,
        feature_set_id: features.id,
        start_training_id: start?.id ?? null,
        spec: planned.spec,
        vectors_sha256: planned.vectors?.vectorsSha256 ?? null,
        vector_words_sha256: planned.vectors?.wordsSha256 ?? null,
      };
    });
  const newMembers: { evaluation_id: string; number: number; training_id: string }[] = [];
  const newEvaluations = [...plan.evaluations.values()]
    .filter((planned) => !evaluations.has(planned.key))
    .map((planned) => {
      const own = pick(trainings, planned.trainingKey);
      const members = planned.memberKeys.map((key) => pick(trainings, key));
      const features = pick(featureSets, planned.featureKey);
      const needs = [features, own, ...members];
      const work = addWork(added, 'evaluation', newId('evaluation'), needs);
      evaluations.set(planned.key, work);
      newMembers.push(
        ...members.map(({ id }, i) => ({
          evaluation_id: work.id,
          number: i + 2,
          training_id: id,
        })),
      );
      return {
        id: work.id,
        key: planned.key,
        task_id: work.taskId,
        training_id: own.id,
        decode: planned.decode,
        scoring: planned.scoring,
      };
    });

  await insertRows(database, 'tasks', ['id', 'kind', 'status'], added.tasks);
  await insertRows(database, 'task_needs', ['task_id', 'needed_id'], added.needs);
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
      'precomputed_sha256',
    ],
    newFeatureSets,
  );
  await insertRows(
    database,
    'trainings',
    [
      'id',
      'key',
      'task_id',
      'feature_set_id',
      'start_training_id',
      'spec',
      'vectors_sha256',
      'vector_words_sha256',
    ],
    newTrainings,
  );
  await insertRows(
    database,
    'evaluations',
    ['id', 'key', 'task_id', 'training_id', 'decode', 'scoring'],
    newEvaluations,
  );
  await insertRows(
    database,
    'evaluation_members',
    ['evaluation_id', 'number', 'training_id'],
    newMembers,
  );
  return { trainings, evaluations };
}

/**
 * Starts again what had failed of the work that is known, and what it cannot read any more. From here
 * on no trainer's report changes the state of what is known.
 */
async function reviveKnown(
  database: Database,
  plan: LaunchPlan,
  store: StoreReader,
): Promise<void> {
  const known = [
    await findKnown(database, 'feature_sets', plan.featureSets.keys()),
    await findKnown(database, 'trainings', plan.trainings.keys()),
    await findKnown(database, 'evaluations', plan.evaluations.keys()),
  ];
  const ids = known.flatMap((group) => [...group.values()].map((row) => row.task_id));
  await reviveTasks(database, ids, await findLostResults(database, store, ids));
}

function toWork(known: ReadonlyMap<Sha256, Known>): Map<Sha256, Work> {
  return new Map(
    [...known].map(([key, row]) => [
      key,
      { id: row.id, taskId: row.task_id, wasFinished: row.status === 'finished' },
    ]),
  );
}

function addWork(added: NewWork, kind: TaskKind, id: string, needs: readonly Work[]): Work {
  const taskId = newId('task');
  const isReady = needs.every((needed) => needed.wasFinished);
  added.tasks.push({ id: taskId, kind, status: isReady ? 'queued' : 'waiting' });
  const needed = new Set(needs.map((work) => work.taskId));
  added.needs.push(...[...needed].map((needed_id) => ({ task_id: taskId, needed_id })));
  return { id, taskId, wasFinished: false };
}

/** The entry of a key that the plan is known to have. */
export function pick(works: WorkByKey, key: Sha256): Work {
  const work = works.get(key);
  if (work === undefined) throw new Error(`the launch plan names ${key} but does not contain it`);
  return work;
}
