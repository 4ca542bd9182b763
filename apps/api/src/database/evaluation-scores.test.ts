/** Old evaluations keep their scores and their signature, on the way up and on the way down. */
import { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createDatabase, dropDatabase, undoMigration } from '../testing/databases.js';
import { dataSourceOptions } from './data-source-options.js';
import { migrate } from './migrate.js';

const NAME = `api_scores_${process.pid}`;
const SIGNATURE = 'refs:5|tok:dataset|case:lower|df:corpus|sigma:6|n:4|v:0.1.0';
let url: string;
let source: DataSource;
beforeEach(async () => {
  url = await createDatabase(inject('postgresUrl'), NAME);
  await migrate(url);
  source = await new DataSource(dataSourceOptions(url)).initialize();
  await undoScores();
  await source.query(OLD_ROWS);
});
afterEach(async () => {
  await source.destroy();
  await dropDatabase(inject('postgresUrl'), NAME);
});

const undoScores = (): Promise<void> => undoMigration(source, 'EvaluationScores1795200000000');

/** One finished evaluation, and one that has not been measured. */
const OLD_ROWS = `
INSERT INTO tasks (id, kind, status) VALUES
  ('tsk_f', 'features', 'finished'), ('tsk_t', 'training', 'finished'),
  ('tsk_1', 'evaluation', 'finished'), ('tsk_2', 'evaluation', 'queued');
INSERT INTO feature_sets (id, key, task_id, dataset_digest, encoder)
  VALUES ('fst', 'f', 'tsk_f', 'd', '{}');
INSERT INTO trainings (id, key, task_id, feature_set_id, spec)
  VALUES ('trn', 't', 'tsk_t', 'fst', '{}');
INSERT INTO evaluations
  (id, key, task_id, training_id, decode, predictions_sha256,
   bleu1, bleu2, bleu3, bleu4, rouge_l, cider_d, signature, captions)
VALUES
  ('evl_1', 'e1', 'tsk_1', 'trn', '{}', 'p',
   0.7, 0.5, 0.4, 0.30000000000000004, 0.55, 1.1, '${SIGNATURE}', 5000),
  ('evl_2', 'e2', 'tsk_2', 'trn', '{}', NULL,
   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
`;

const readOld = (): Promise<unknown> =>
  source.query(
    `SELECT id, bleu1, bleu2, bleu3, bleu4, rouge_l, cider_d, signature, captions
     FROM evaluations ORDER BY id`,
  );

test('scores move into rows with the signature they had; nothing stands for not measured', async () => {
  await migrate(url);
  expect(await source.query('SELECT * FROM evaluation_scores ORDER BY metric COLLATE "C"')).toEqual(
    Object.entries({
      bleu1: 0.7,
      bleu2: 0.5,
      bleu3: 0.4,
      bleu4: 0.30000000000000004,
      ciderD: 1.1,
      rougeL: 0.55,
    }).map(([metric, value]) => ({
      evaluation_id: 'evl_1',
      metric,
      value,
      signature: SIGNATURE,
      interval_low: null,
      interval_high: null,
    })),
  );
  expect(await source.query('SELECT id, scoring, captions FROM evaluations ORDER BY id')).toEqual([
    { id: 'evl_1', scoring: null, captions: 5000 },
    { id: 'evl_2', scoring: null, captions: null },
  ]);
});

test('down and up again changes nothing of the old scores', async () => {
  const before = await readOld();
  await migrate(url);
  await undoScores();
  expect(await readOld()).toEqual(before);
  await migrate(url);
  expect(await source.query('SELECT count(*)::integer AS n FROM evaluation_scores')).toEqual([
    { n: 6 },
  ]);
});

test('down keeps what had a column, with the signature of CIDEr-D, and drops the rest', async () => {
  await migrate(url);
  await source.query(`INSERT INTO evaluation_scores (evaluation_id, metric, value, signature)
    VALUES ('evl_2', 'meteor', 0.3, 'METEOR|v:1'), ('evl_2', 'ciderD', 1.5, 'CIDEr-D|v:1')`);
  await undoScores();
  expect(await readOld()).toMatchObject([
    { id: 'evl_1' },
    { id: 'evl_2', bleu1: null, cider_d: 1.5, signature: 'CIDEr-D|v:1' },
  ]);
});
