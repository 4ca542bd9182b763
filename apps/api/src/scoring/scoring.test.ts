import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callApi, routes, type ApiClient, type ScoringSpec, type Sweep } from '@capgrid/contracts';
import { METRICS_MAJOR } from '@capgrid/metrics';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Env } from '../env.js';
import { claim, claimNext, finish, finishAll, queuedTasks } from '../testing/fake-trainer.js';
import { registerScenes, sweepOf } from '../testing/fixtures.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';
import { PLAIN_SCORING, readScoring } from './scoring.js';

const DATABASE_URL = 'postgres://user@127.0.0.1:1/none';
const WITH_PARAPHRASES: ScoringSpec = {
  ...PLAIN_SCORING,
  meteorParaphrasesSha256: 'a'.repeat(64),
};

describe('the settings', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'capgrid-scoring-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('without files are the major version of the metrics', async () => {
    expect(await readScoring(Env.parse({ DATABASE_URL }))).toEqual({
      version: METRICS_MAJOR,
      meteorParaphrasesSha256: null,
      spiceJarSha256: null,
    });
  });

  test('are the hashes of their files', async () => {
    const path = join(folder, 'paraphrase-en.gz');
    await writeFile(path, 'table');
    const env = Env.parse({ DATABASE_URL, CAPGRID_METEOR_PARAPHRASES: path });
    expect((await readScoring(env)).meteorParaphrasesSha256).toBe(
      createHash('sha256').update('table').digest('hex'),
    );
  });

  test('that name no readable file are refused by name', async () => {
    const env = Env.parse({ DATABASE_URL, CAPGRID_SPICE_JAR: join(folder, 'none.jar') });
    await expect(readScoring(env)).rejects.toMatchObject({
      code: 'scoring-file-unreadable',
      message: expect.stringMatching(
        /^CAPGRID_SPICE_JAR names a file that cannot be read \(ENOENT.*none\.jar'\); correct the path or unset CAPGRID_SPICE_JAR\.$/,
      ),
    });
  });
});

describe('a changed setting', () => {
  let api: TestApi;
  beforeEach(async () => {
    api = await startTestApi();
    await registerScenes(api);
  });
  afterEach(() => api.close());

  const launch = (client: ApiClient): Promise<Sweep> =>
    callApi(client, routes.launchSweep, { body: { spec: sweepOf() } });

  test('scores the captions again on the next launch and shares the trainings', async () => {
    await launch(api.client);
    expect(await finishAll(api)).toEqual({ features: 1, training: 2, evaluation: 4 });
    const changed = await api.startTwin(WITH_PARAPHRASES);
    const preview = await callApi(changed, routes.previewSweep, { body: { spec: sweepOf() } });
    expect(preview).toMatchObject({ newTrainings: 0, reusedTrainings: 2, newEvaluations: 4 });
    await launch(changed);
    expect(await finishAll(api)).toEqual({ evaluation: 4 });
    await launch(changed);
    expect(await queuedTasks(api)).toEqual([]);
  });

  test('does not change what an evaluation was asked to be scored with', async () => {
    const sweep = await launch(api.client);
    const changed = await api.startTwin(WITH_PARAPHRASES);
    await finishAllButEvaluations(api);
    const [taskId = ''] = await queuedTasks(api);
    expect((await claim(changed, taskId)).work).toMatchObject({ scoring: PLAIN_SCORING });
    const { trials } = await callApi(api.client, routes.listTrials, {
      params: { sweepId: sweep.id },
    });
    const evaluation = await callApi(api.client, routes.getEvaluation, {
      params: { evaluationId: trials[0]?.evaluationId ?? '' },
    });
    expect(evaluation).toMatchObject({ scoring: PLAIN_SCORING, scores: null });
  });

  test('decides for evaluations that were asked for before there was a choice', async () => {
    await launch(api.client);
    await finishAllButEvaluations(api);
    await api.database.query('UPDATE evaluations SET scoring = NULL');
    const changed = await api.startTwin(WITH_PARAPHRASES);
    const [taskId = ''] = await queuedTasks(api);
    expect((await claim(changed, taskId)).work).toMatchObject({ scoring: WITH_PARAPHRASES });
  });
});

/** One feature set and two trainings. */
async function finishAllButEvaluations(api: TestApi): Promise<void> {
  for (let task = 0; task < 3; task += 1) await finish(api, await claimNext(api));
}
