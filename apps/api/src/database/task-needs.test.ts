/** What a task needs is kept on the way up; on the way down one need is left of several. */
import { Failure } from '@capgrid/contracts';
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createDatabase, dropDatabase, undoMigration } from '../testing/databases.js';
import { dataSourceOptions } from './data-source-options.js';
import { migrate } from './migrate.js';

const NAME = `api_needs_${process.pid}`;
let url: string;
let source: DataSource;
beforeEach(async () => {
  url = await createDatabase(inject('postgresUrl'), NAME);
  await migrate(url);
  source = await new DataSource(dataSourceOptions(url)).initialize();
  await source.query(ROWS);
});
afterEach(async () => {
  await source.destroy();
  await dropDatabase(inject('postgresUrl'), NAME);
});

const undoNeeds = (): Promise<void> => undoMigration(source, 'TaskNeeds1795300000000');

/**
 * Of one feature set: trainings 1 and 2 of two seeds, `s1` and `s2` that go on from 1; evaluations of 1
 * alone, of both seeds (finished, and under way), and of `s2`. The members' rows are the newest.
 */
const ROWS = `
INSERT INTO tasks (id, kind, status) VALUES
  ('f', 'features', 'finished'), ('t1', 'training', 'finished'), ('t2', 'training', 'finished'),
  ('t_s1', 'training', 'finished'), ('t_s2', 'training', 'running'),
  ('e_alone', 'evaluation', 'queued'), ('e_old', 'evaluation', 'finished'),
  ('e_new', 'evaluation', 'queued'), ('e_s2', 'evaluation', 'waiting');
INSERT INTO feature_sets (id, key, task_id, dataset_digest, encoder)
  VALUES ('fst', 'f', 'f', 'd', '{}');
INSERT INTO trainings (id, key, task_id, feature_set_id, start_training_id, spec) VALUES
  ('trn_1', 't1', 't1', 'fst', NULL, '{}'), ('trn_2', 't2', 't2', 'fst', NULL, '{}'),
  ('trn_s1', 's1', 't_s1', 'fst', 'trn_1', '{}'), ('trn_s2', 's2', 't_s2', 'fst', 'trn_1', '{}');
INSERT INTO evaluations (id, key, task_id, training_id, decode) VALUES
  ('evl_alone', '1', 'e_alone', 'trn_1', '{}'), ('evl_old', '2', 'e_old', 'trn_1', '{}'),
  ('evl_new', '3', 'e_new', 'trn_1', '{}'), ('evl_s2', '4', 'e_s2', 'trn_s2', '{}');
INSERT INTO evaluation_members (evaluation_id, number, training_id)
  VALUES ('evl_old', 2, 'trn_2'), ('evl_new', 2, 'trn_2');
INSERT INTO task_needs (task_id, needed_id) VALUES
  ('t1', 'f'), ('t2', 'f'), ('t_s1', 'f'), ('t_s1', 't1'), ('t_s2', 'f'), ('t_s2', 't1'),
  ('e_alone', 't1'), ('e_old', 't1'), ('e_old', 't2'), ('e_new', 't1'), ('e_new', 't2'),
  ('e_s2', 't_s2'), ('e_alone', 'f'), ('e_old', 'f'), ('e_new', 'f'), ('e_s2', 'f');
INSERT INTO attempts (id, task_id, number, token_sha256, trainer, status, lease_until)
  VALUES ('att', 't_s2', 1, 'x', 'test', 'running', now());
`;

test('down leaves an evaluation its own training, not the newest member, and a training its features', async () => {
  await undoNeeds();
  expect(await source.query('SELECT id, depends_on FROM tasks ORDER BY position')).toEqual([
    { id: 'f', depends_on: null },
    { id: 't1', depends_on: 'f' },
    { id: 't2', depends_on: 'f' },
    { id: 't_s1', depends_on: 'f' },
    { id: 't_s2', depends_on: 'f' },
    { id: 'e_alone', depends_on: 't1' },
    { id: 'e_old', depends_on: 't1' },
    { id: 'e_new', depends_on: 't1' },
    { id: 'e_s2', depends_on: 't_s2' },
  ]);
});

test('down fails what an older program would compute as something else', async () => {
  await undoNeeds();
  const rows: { id: string; status: string; failure: unknown }[] = await source.query(
    'SELECT id, status, failure FROM tasks ORDER BY position',
  );
  const failed = rows.filter(({ status }) => status === 'failed');
  expect(failed.map(({ id }) => id)).toEqual(['t_s2', 'e_new', 'e_s2']);
  for (const { failure } of failed) {
    expect(Failure.parse(failure)).toMatchObject({ code: 'needs-lost', isRetryable: false });
  }
  // What has finished, and what needs one training only, stays as it was.
  const statusOf = new Map(rows.map(({ id, status }) => [id, status]));
  expect(['t_s1', 'e_old', 'e_alone'].map((id) => statusOf.get(id))).toEqual([
    'finished',
    'finished',
    'queued',
  ]);
  expect(await source.query('SELECT status FROM attempts')).toEqual([{ status: 'lost' }]);
});

test('up turns what a task waits for into a need, and gives evaluations their features', async () => {
  await undoNeeds();
  await migrate(url);
  const needs: { task_id: string; needed_id: string }[] = await source.query(
    'SELECT * FROM task_needs ORDER BY task_id COLLATE "C", needed_id COLLATE "C"',
  );
  expect(needs.map(({ task_id, needed_id }) => `${task_id} ${needed_id}`)).toEqual([
    'e_alone f',
    'e_alone t1',
    'e_new f',
    'e_new t1',
    'e_old f',
    'e_old t1',
    'e_s2 f',
    'e_s2 t_s2',
    't1 f',
    't2 f',
    't_s1 f',
    't_s2 f',
  ]);
});

test('down takes from evaluations the features that they need beside their training', async () => {
  await undoMigration(source, 'EvaluationNeeds1795700000000');
  expect(
    await source.query(
      `SELECT task_id FROM task_needs WHERE needed_id = 'f' ORDER BY task_id COLLATE "C"`,
    ),
  ).toEqual(['t1', 't2', 't_s1', 't_s2'].map((task_id) => ({ task_id })));
});
