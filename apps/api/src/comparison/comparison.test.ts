/** Comparisons over HTTP, computed in the built thread from predictions files of a real store. */
import { existsSync } from 'node:fs';
import {
  callApi,
  routes,
  type Claim,
  type Comparison,
  type ComparisonQuery,
  type EvaluationResult,
  type Sweep,
} from '@capgrid/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, finishAll, queuedTasks } from '../testing/fake-trainer.js';
import { putFile, registerScenes, resultOf, sha256Of, sweepOf } from '../testing/fixtures.js';
import { IMAGES, makePredictions, SIGNATURES } from '../testing/made-up-predictions.js';
import { startTestApi, type TestApi } from '../testing/start-test-api.js';
import { WORKER_FILE } from './run-comparison.js';

const isBuilt = existsSync(WORKER_FILE);
if (!isBuilt) console.warn('skipped: a comparison needs dist/comparison, run the build first');

/** Right words of 8 by attention. */
const WORDS: Record<string, number> = { none: 4, dot: 4, mlp: 6 };
const OLD_SIGNATURE = 'refs:5|tok:dataset|case:lower|df:corpus|sigma:6|n:4|v:0.1.0';

let api: TestApi;
let sweep: Sweep;
beforeAll(async () => {
  api = await startTestApi();
  await registerScenes(api);
  sweep = await launch({ 'model.attention.kind': ['none', 'dot', 'mlp', 'multihead'] }, [1, 2, 3]);
  await finishWith(evaluate);
});
afterAll(() => api.close());

function launch(grid: Record<string, string[]>, seeds: number[]): Promise<Sweep> {
  return callApi(api.client, routes.launchSweep, { body: { spec: sweepOf({ grid, seeds }) } });
}

/** Features and trainings as always, evaluations with these results. */
async function finishWith(resultFor: (claimed: Claim) => Promise<EvaluationResult>): Promise<void> {
  for (;;) {
    const ids = await queuedTasks(api);
    if (ids.length === 0) return;
    for (const id of ids) {
      const claimed = await claim(api.client, id);
      const result =
        claimed.work.kind === 'evaluation' ? await resultFor(claimed) : resultOf(claimed);
      await callApi(api.client, routes.finishAttempt, {
        params: { attemptId: claimed.attemptId },
        body: { token: claimed.token, result, durationMs: 5 },
      });
    }
  }
}

/** `multihead` has files of version 1, as evaluations of before METEOR left them. */
async function evaluate(claimed: Claim): Promise<EvaluationResult> {
  const { work } = claimed;
  const result = evaluationOf(claimed);
  if (work.kind !== 'evaluation') throw new Error(`the work is ${work.kind}`);
  const { model, seed } = work.spec;
  if (model.decoder !== 'arnn') throw new Error(`the decoder is ${model.decoder}`);
  const { kind } = model.attention;
  const { file, scores } = makePredictions(WORDS[kind] ?? 5, seed);
  if (kind !== 'multihead') {
    const predictionsSha256 = await putFile(api, JSON.stringify(file));
    return { ...result, predictionsSha256, scores, captions: IMAGES };
  }
  const old = {
    version: 1,
    decode: file.decode,
    signature: OLD_SIGNATURE,
    predictions: file.predictions.map((image) => ({
      imageId: image.imageId,
      imageSha256: image.imageSha256,
      fileName: image.fileName,
      caption: image.caption,
      references: image.references,
      logProb: image.logProb,
      isFinished: image.isFinished,
      bleuStatistics: image.bleuStatistics,
      bleu4: image.scores.bleu4,
      rougeL: 0.5,
      ciderD: image.scores.ciderD,
    })),
  };
  const measured = { value: 0.5, signature: OLD_SIGNATURE, interval: null };
  return {
    ...result,
    predictionsSha256: await putFile(api, JSON.stringify(old)),
    scores: { bleu4: measured, ciderD: measured },
    captions: IMAGES,
  };
}

function evaluationOf(claimed: Claim, predictionsSha256?: string): EvaluationResult {
  const result = resultOf(claimed, predictionsSha256);
  if (result.kind !== 'evaluation') throw new Error(`the result is of ${result.kind}`);
  return result;
}

function compare(query: Partial<ComparisonQuery> = {}, of: Sweep = sweep): Promise<Comparison> {
  return callApi(api.client, routes.compareResults, { params: { sweepId: of.id }, query });
}

describe.skipIf(!isBuilt)('a comparison', () => {
  test('gives differences in print units that agree with the table, with intervals and p-values', async () => {
    const comparison = await compare({ metrics: 'bleu4,ciderD' });
    const table = await callApi(api.client, routes.getResults, { params: { sweepId: sweep.id } });
    expect(comparison).toMatchObject({
      baseline: 0,
      level: 'images',
      test: 'paired-bootstrap',
      correction: 'holm',
      comparisons: 4,
      resamples: 1000,
      seed: 1,
      confidence: 0.95,
      idf: 'fixed',
      images: IMAGES,
    });
    expect(comparison.columns.map(({ signature }) => signature)).toEqual([
      SIGNATURES.bleu4,
      SIGNATURES.ciderD,
    ]);
    expect(comparison.rows.map(({ row, trainingSeeds }) => [row, trainingSeeds])).toEqual([
      [0, [1, 2, 3]],
      [1, [1, 2, 3]],
      [2, [1, 2, 3]],
    ]);
    expect(comparison.rows[0]?.cells.bleu4?.comparison).toBeNull();
    for (const score of ['bleu4', 'ciderD'] as const) {
      const better = comparison.rows[2]?.cells[score];
      const means = table.rows.map((row) => row.scores[score]?.mean ?? Number.NaN);
      expect(better?.mean).toBeCloseTo(means[2] ?? 0, 9);
      const difference = better?.comparison;
      expect(difference?.difference).toBeCloseTo((means[2] ?? 0) - (means[0] ?? 0), 9);
      expect(difference?.interval.low).toBeGreaterThan(0);
      expect(difference?.adjustedP).toBeLessThan(0.01);
      const same = comparison.rows[1]?.cells[score]?.comparison;
      expect(same).toMatchObject({ difference: 0, p: 1, adjustedP: 1 });
    }
  });

  test('tells the spread over images and over seeds apart', async () => {
    const { rows } = await compare({ metrics: 'ciderD' });
    const { images, seeds, both } = rows[2]?.cells.ciderD?.standardErrors ?? {};
    expect(images).toBeGreaterThan(0);
    expect(seeds).toBeGreaterThan(0);
    expect(both).toBeGreaterThanOrEqual(images ?? Infinity);
  });

  test('gives standard errors from the resamples of its intervals', async () => {
    const { rows } = await compare({ metrics: 'ciderD', resamples: 5000 });
    for (const { cells } of rows) {
      const { interval, standardErrors } = cells.ciderD!;
      // 3.92 standard errors of a normal; means of 40 images are nearly that
      expect((interval.high - interval.low) / (3.92 * standardErrors.images)).toBeCloseTo(1, 1);
    }
  });

  test('stops computing when the asker has gone, and computes for the next', async () => {
    const gone = new AbortController();
    const query = { metrics: 'bleu4,meteor,ciderD', resamples: 10_000, seed: 99 };
    const left = callApi(api.client, routes.compareResults, {
      params: { sweepId: sweep.id },
      query,
      signal: gone.signal,
    });
    setTimeout(() => gone.abort(), 50);
    await expect(left).rejects.toThrow();
    expect((await compare({ metrics: 'bleu4' })).rows).toHaveLength(3);
  });

  test('gives the same digits again, computed anew by another process, and others for another seed', async () => {
    const query = { metrics: 'bleu4,meteor', baseline: '2' };
    const first = await compare(query);
    expect(await compare(query)).toEqual(first);
    const again = await callApi(await api.startTwin(), routes.compareResults, {
      params: { sweepId: sweep.id },
      query,
    });
    expect(again).toEqual(first);
    const other = await compare({ ...query, seed: 7 });
    expect(other.rows[0]?.cells.bleu4?.interval).not.toEqual(first.rows[0]?.cells.bleu4?.interval);
    expect(other.rows[0]?.cells.bleu4?.mean).toBe(first.rows[0]?.cells.bleu4?.mean);
  });

  test('takes the assignment of a row for its index', async () => {
    const assignment = JSON.stringify({ 'model.attention.kind': 'dot' });
    expect((await compare({ baseline: assignment })).baseline).toBe(1);
  });

  test('leaves out rows that were scored in another way, and says why', async () => {
    const { leftOut, columns } = await compare();
    expect(columns.map(({ label }) => label)).toEqual([
      'B@4',
      'METEOR (exact, stem, synonym)',
      'CIDEr-D',
    ]);
    expect(leftOut).toEqual([
      {
        row: 3,
        reason: `its B@4 has the signature ${OLD_SIGNATURE}|split:test|images:${IMAGES}, that of the baseline ${SIGNATURES.bleu4}`,
      },
    ]);
  });

  test('compares old files with each other', async () => {
    const { rows, images } = await compare({ baseline: '3', metrics: 'bleu4,ciderD' });
    expect(rows.map(({ row }) => row)).toEqual([3]);
    expect(images).toBe(IMAGES);
    expect(rows[0]?.cells.ciderD?.mean).toBeGreaterThan(0);
  });

  test('over seeds as well needs two in each row', async () => {
    const over = await compare({ level: 'images-and-seeds', metrics: 'ciderD' });
    expect(over).toMatchObject({ test: 'welch', smallestAdjustedP: null });
    const onImages = await compare({ metrics: 'ciderD' });
    expect(over.rows[2]?.cells.ciderD?.comparison?.p).not.toBe(
      onImages.rows[2]?.cells.ciderD?.comparison?.p,
    );
    const single = await launch({ 'model.attention.kind': ['none', 'mlp'] }, [1]);
    await expect(compare({ level: 'images-and-seeds' }, single)).rejects.toMatchObject({
      status: 400,
      code: 'unfit-baseline',
      message: expect.stringMatching(
        /one finished seed.* needs two\. Train with more seeds, or compare over images alone \(.*--level images\)\.$/,
      ),
    });
    const { rows } = await compare({ metrics: 'ciderD' }, single);
    expect(rows[0]?.cells.ciderD?.standardErrors).toMatchObject({ seeds: null, both: null });
  });

  test('of files that the store lost says which', async () => {
    const spec = sweepOf({ grid: { 'decode.maxWords': [7, 8] } });
    const lost = await callApi(api.client, routes.launchSweep, { body: { spec } });
    await finishWith(async (claimed) => {
      const { scores } = makePredictions(5, 1);
      return { ...evaluationOf(claimed, sha256Of('lost')), scores };
    });
    await expect(compare({}, lost)).rejects.toMatchObject({
      status: 503,
      code: 'predictions-missing',
      message: expect.stringContaining(sha256Of('lost').slice(4)),
    });
  });
});

describe('a comparison is refused', () => {
  test.each([
    [{ baseline: '9' }, 'unknown-baseline', 'the indexes of the rows are 0 to 3'],
    [{ baseline: 'mlp' }, 'unknown-baseline', 'give the index of a row'],
    [{ baseline: '{"model.attention.kind":"soft"}' }, 'unknown-baseline', 'no row has this'],
    [{ metrics: 'bleu5' }, 'unknown-metric', 'there is bleu1, bleu2'],
    [{ metrics: 'distinct1' }, 'unknown-metric', 'cannot be resampled'],
    [
      { metrics: 'spice' },
      'unfit-baseline',
      'Row 1 of the table (index 0) cannot be the baseline: SPICE was not measured',
    ],
  ])('for %j', async (query, code, message) => {
    await expect(compare(query)).rejects.toMatchObject({
      status: 400,
      code,
      message: expect.stringContaining(message),
    });
  });

  test('while nothing has finished', async () => {
    const spec = sweepOf({ grid: { 'decode.maxWords': [9] } });
    const open = await callApi(api.client, routes.launchSweep, { body: { spec } });
    await expect(compare({}, open)).rejects.toMatchObject({
      code: 'unfit-baseline',
      message: 'No row of the table has a result yet. Compare once trials have finished.',
    });
    await finishAll(api);
  });

  test('for a sweep that is not there', async () => {
    await expect(compare({}, { ...sweep, id: 'swp_none' })).rejects.toMatchObject({
      status: 404,
      code: 'sweep-not-found',
    });
  });
});
