/** A launch writes the specs of work whose trainer reports at the same time: neither waits in a circle. */
import { callApi, routes, type Sweep } from '@capgrid/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { claimTraining, fail, finish, statusesOf } from '../testing/fake-trainer.js';
import { launchScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  await launchScenes(api);
});
afterEach(() => api.close());

const ENGINE = { name: 'wasm', version: '4.22.0', device: 'cpu', threads: 1, blas: null };

/** Until so many connections wait for a lock. */
const waitForLocks = (count: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const rows: unknown[] = await api.database.query(
        `SELECT FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(rows).toHaveLength(count);
    },
    { timeout: 20_000 },
  );

test.each(['finished', 'failed'] as const)(
  'a training that has %s while a launch renews its spec',
  async (end) => {
    const training = await claimTraining(api);
    for (const [table, column] of [
      ['feature_sets', 'encoder'],
      ['trainings', 'spec'],
    ]) {
      const asOfBefore = `jsonb_set(${column}, '{isGone}', 'true')`;
      await api.database.query(`UPDATE ${table} SET ${column} = ${asOfBefore}`);
    }
    let launched: Promise<Sweep> | undefined;
    let reported: Promise<void> | undefined;
    await api.database.transaction(async (inTheWay) => {
      await inTheWay.query('SELECT FROM feature_sets FOR UPDATE');
      // It holds all tasks, waits for that row and then wants the one of the training.
      launched = callApi(api.client, routes.launchSweep, { body: { spec: sweepOf() } });
      await waitForLocks(1);
      reported =
        end === 'finished'
          ? finish(api, training)
          : fail(api.client, training, { isRetryable: false }, ENGINE);
      await waitForLocks(2);
    });
    await Promise.all([launched, reported]);
    expect(await statusesOf(api, [training.taskId])).toEqual([end]);
  },
);
