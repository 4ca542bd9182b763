/** Rows that an older release wrote with an option that is gone: launched again, they are work again. */
import { callApi, routes, type Sweep } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claim, claimNext, finish, finishAll, queuedTasks } from '../testing/fake-trainer.js';
import { registerScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  await registerScenes(api);
});
afterEach(() => api.close());

const launch = (): Promise<Sweep> =>
  callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });

const addGoneOption = (table: string, column: string): Promise<unknown> =>
  api.database.query(`UPDATE ${table} SET ${column} = jsonb_set(${column}, '{isGone}', 'true')`);

test('an evaluation whose finished training cannot be read is work again', async () => {
  await launch();
  await finish(api, await claimNext(api));
  await finish(api, await claimNext(api));
  await finish(api, await claimNext(api));
  await addGoneOption('trainings', 'spec');
  const [failing = '', ...queued] = await queuedTasks(api);
  await expect(claim(api.client, failing)).rejects.toMatchObject({
    code: 'work-unreadable',
    message: expect.stringContaining('spec.isGone is true'),
  });
  const { id } = await launch();
  expect(await queuedTasks(api)).toEqual([failing, ...queued]);
  expect(await finishAll(api)).toEqual({ evaluation: 4 });
  const sweep = await callApi(api.client, routes.getSweep, { params: { sweepId: id } });
  expect(sweep.progress.trials).toMatchObject({ finished: 4, failed: 0 });
});

test('so is what waits with an unreadable spec of its own, of any kind', async () => {
  await launch();
  await addGoneOption('feature_sets', 'encoder');
  await addGoneOption('trainings', 'spec');
  await addGoneOption('evaluations', 'decode');
  await addGoneOption('evaluations', 'scoring');
  await launch();
  expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });
});

test('rows that this release can read stay as they are, untouched', async () => {
  const versions = () =>
    api.database.query(
      `SELECT id, xmin::text FROM feature_sets UNION ALL SELECT id, xmin::text FROM trainings
       UNION ALL SELECT id, xmin::text FROM evaluations ORDER BY id`,
    );
  await launch();
  const before: unknown = await versions();
  await launch();
  expect(await versions()).toEqual(before);
});
