/** Evaluations of a tiny scenes dataset, with the real store, engine, models and metrics. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  PredictionsFile,
  SCORE_NAMES,
  unpackAttention,
  DecodeSpec,
  type EvaluationResult,
  type EvaluationWork,
  type FeaturesResult,
  type ScoringSpec,
  type TrainingResult,
} from '@capgrid/contracts';
import { readManifest } from '@capgrid/data';
import {
  bleuFromStatistics,
  meteorFromStatistics,
  meteorStatisticsFromArray,
  METRICS_MAJOR,
  sumBleuStatistics,
  sumMeteorStatistics,
} from '@capgrid/metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoringFiles } from './child-messages.js';
import { ofKind, runInProcess, type Ran } from './testing/run-in-process.js';
import { evaluationWorkOf, trainingWorkOf } from './testing/work-of.js';
import {
  makeTinyDataset,
  NO_SCORING_FILES,
  tinySpec,
  type TinyDataset,
} from './testing/tiny-dataset.js';

const SCORING: ScoringSpec = {
  version: METRICS_MAJOR,
  meteorParaphrasesSha256: null,
  spiceJarSha256: null,
};

let data: TinyDataset;
let features: FeaturesResult;
let training: TrainingResult;

beforeAll(async () => {
  data = await makeTinyDataset();
  const spec = tinySpec();
  const dataset = { datasetDigest: data.digest };
  const extracted = await runInProcess(
    {
      kind: 'features',
      ...dataset,
      limit: null,
      encoder: spec.encoder,
      plan: null,
      precomputedSha256: null,
    },
    data.folder,
  );
  features = ofKind(extracted.result, 'features');
  const { featuresSha256 } = features;
  const trained = await runInProcess(
    trainingWorkOf({ ...dataset, spec, featuresSha256 }),
    data.folder,
  );
  training = ofKind(trained.result, 'training');
});
afterAll(() => rm(data.folder, { recursive: true }));

function run(work: EvaluationWork, scoringFiles: ScoringFiles = NO_SCORING_FILES): Promise<Ran> {
  return runInProcess(work, data.folder, { scoringFiles });
}

describe('evaluating', () => {
  const decode = DecodeSpec.parse({ beam: 3, maxWords: 20 });

  const work = (
    scoring: Partial<ScoringSpec> = {},
    changes: Partial<EvaluationWork> = {},
  ): EvaluationWork =>
    evaluationWorkOf({
      spec: tinySpec(),
      decode,
      scoring: { ...SCORING, ...scoring },
      datasetDigest: data.digest,
      featuresSha256: features.featuresSha256,
      weightsSha256: training.weightsSha256,
      vocabularySha256: training.vocabularySha256,
      ...changes,
    });
  const readFile = async ({ predictionsSha256 }: EvaluationResult): Promise<PredictionsFile> => {
    const text = await data.store.read(predictionsSha256);
    return PredictionsFile.parse(JSON.parse(text.toString('utf8')));
  };

  it('stores one caption for every image of the split, with raw references', async () => {
    const { result, messages } = await run(work());
    const evaluation = ofKind(result, 'evaluation');
    expect(evaluation.captions).toBe(5);
    const { predictions } = await readFile(evaluation);
    expect(predictions.map(({ imageId }) => imageId)).toEqual([
      'test-00001',
      'test-00002',
      'test-00003',
      'test-00004',
      'test-00005',
    ]);
    const { images } = await readManifest(data.store, data.digest);
    const [first] = images.filter(({ split }) => split === 'test');
    expect(predictions[0]?.references).toEqual(first?.captions.map(({ raw }) => raw));
    expect(messages.some((one) => one.type === 'progress' && one.progress.phase === 'decode')).toBe(
      true,
    );
  });

  it.each([1, 2])(
    'keeps where %i models looked at each word, where that is asked',
    async (models) => {
      const looking = { ...decode, attention: true, ensemble: models };
      const memberWeightsSha256 = Array.from({ length: models - 1 }, () => training.weightsSha256);
      const { result } = await run(work({}, { decode: looking, memberWeightsSha256 }));
      const { predictions } = await readFile(ofKind(result, 'evaluation'));
      for (const { caption, attention } of predictions) {
        const { rows = 0, columns = 0 } = attention?.grid ?? {};
        expect(rows * columns).toBe(features.regions);
        expect(attention).toMatchObject({ regions: features.regions, beside: ['global'] });
        expect(attention?.words.length).toBe(caption.split(' ').length);
        for (const word of attention?.words ?? []) {
          const weights = unpackAttention(word);
          expect(weights.length).toBe(features.regions + 1);
          // Each weight is off by 1/510 of the largest at most.
          const total = weights.reduce((a, b) => a + b, 0);
          expect(Math.abs(total - 1)).toBeLessThan((weights.length * word.largest) / 500);
        }
      }
      const plain = await readFile(ofKind((await run(work())).result, 'evaluation'));
      expect(plain.predictions.map(({ caption, attention }) => [caption, attention])).toEqual(
        predictions.map(({ caption }) => [caption, null]),
      );
    },
  );

  it('scores raw captions with every metric, each with signature and interval over images', async () => {
    const evaluation = ofKind((await run(work())).result, 'evaluation');
    const { spice, ...measured } = evaluation.scores;
    expect(spice).toBeUndefined();
    expect(Object.keys(measured)).toEqual(SCORE_NAMES.filter((name) => name !== 'spice'));
    expect(measured.bleu1?.value).toBeGreaterThan(0);
    expect(measured.meteor?.value).toBeGreaterThan(0);
    expect(measured.meteor?.signature).toMatch(
      /^METEOR \(exact, stem, synonym\)\|v:1\|tok:ptb-3\.4\.1\|ctx:next-caption\|refs:5-[0-9a-f]{12}\|.*images:5-/,
    );
    expect(measured.novelCaptions?.signature).toContain('|train:120-');
    const { value = 0, interval } = measured.bleu1 ?? {};
    expect(interval?.low).toBeLessThanOrEqual(value);
    expect(interval?.high).toBeGreaterThanOrEqual(value);
    expect(measured.distinct1?.interval).toBeNull();
  });

  it('keeps what corpus BLEU and METEOR are computed from', async () => {
    const evaluation = ofKind((await run(work())).result, 'evaluation');
    const { predictions, signatures } = await readFile(evaluation);
    const bleu = sumBleuStatistics(predictions.map(({ bleuStatistics }) => bleuStatistics));
    expect(bleuFromStatistics(bleu)[3]).toBe(evaluation.scores.bleu4?.value);
    const meteor = predictions.map(({ meteorStatistics }) =>
      meteorStatisticsFromArray(meteorStatistics ?? []),
    );
    expect(meteorFromStatistics(sumMeteorStatistics(meteor))).toBe(evaluation.scores.meteor?.value);
    expect(signatures.meteor).toBe(evaluation.scores.meteor?.signature);
  });

  it('reranks captions by those of similar training images', async () => {
    const nBest = { ...decode, nBest: 3 };
    const evaluate = async (rerank: DecodeSpec['rerank']) => {
      const { result } = await run(work({}, { decode: { ...nBest, rerank } }));
      return (await readFile(ofKind(result, 'evaluation'))).predictions;
    };
    const reranked = await evaluate({ neighbours: 4, agreeing: null });
    const searched = await evaluate({ neighbours: 0, agreeing: null });
    const textsOf = (predictions: typeof reranked) =>
      predictions.map(({ caption, alternatives }) =>
        [caption, ...alternatives.map((other) => other.caption)].toSorted(),
      );
    expect(textsOf(reranked)).toEqual(textsOf(searched));
    expect(textsOf(reranked).map(({ length }) => length)).toEqual([3, 3, 3, 3, 3]);
    for (const { similarity } of reranked) expect(similarity).toBeGreaterThanOrEqual(0);
    for (const { similarity } of searched) expect(similarity).toBeNull();
  });

  it('gives the same scores, intervals and file again', async () => {
    const [one, other] = [await run(work()), await run(work())];
    expect(other.result).toEqual(one.result);
  });

  describe('with the files of its settings', () => {
    let folder: string;
    let paraphrases: { path: string; sha256: string };
    let spiceJar: { path: string; sha256: string };
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'capgrid-scoring-'));
      const table = '0.5\ncircle\nround thing\n0.4\nred\ncrimson\n';
      paraphrases = await put(join(folder, 'paraphrase-en.gz'), gzipSync(table));
      spiceJar = await put(join(folder, 'spice-1.0.jar'), Buffer.from('jar'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    it('scores METEOR with paraphrases and says so', async () => {
      const { result } = await run(work({ meteorParaphrasesSha256: paraphrases.sha256 }), {
        ...NO_SCORING_FILES,
        meteorParaphrases: paraphrases.path,
      });
      expect(ofKind(result, 'evaluation').scores.meteor?.signature).toMatch(/^METEOR\|.*\|par:/);
    });

    it('runs SPICE with the java of JAVA_HOME and stores its values per image', async () => {
      const javaHome = join(folder, 'java');
      await mkdir(join(javaHome, 'bin'), { recursive: true });
      await writeFile(join(javaHome, 'bin', 'java'), STUB_JAVA, { mode: 0o755 });
      const { result } = await run(work({ spiceJarSha256: spiceJar.sha256 }), {
        ...NO_SCORING_FILES,
        spiceJar: spiceJar.path,
        javaHome,
      });
      const evaluation = ofKind(result, 'evaluation');
      expect(evaluation.scores.spice?.value).toBe(0.25);
      const { predictions } = await readFile(evaluation);
      expect(predictions.map(({ scores }) => scores.spice)).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
    });

    it.each([
      {
        how: 'misses the file of the launch',
        files: () => NO_SCORING_FILES,
        message:
          /^The sweep was launched with the file b{12} \(.*\) of CAPGRID_METEOR_PARAPHRASES; this trainer has none\. Launch the sweep again to score with the present file/,
      },
      {
        how: 'has another file than that of the launch',
        files: () => ({ ...NO_SCORING_FILES, meteorParaphrases: paraphrases.path }),
        message:
          /^The sweep was launched with the file b{12} \(.*this trainer has another one, .*paraphrase-en\.gz \([0-9a-f]{12}\)\. Launch the sweep again/,
      },
    ])('refuses for good where it $how', async ({ files, message }) => {
      const asked = work({ meteorParaphrasesSha256: 'b'.repeat(64) });
      await expect(run(asked, files())).rejects.toMatchObject({
        code: 'scoring-setting-differs',
        isRetryable: false,
        message: expect.stringMatching(message),
      });
    });

    it('refuses for good where its metrics are of another version', async () => {
      await expect(run(work({ version: 999 }))).rejects.toMatchObject({
        code: 'metrics-version-differs',
        isRetryable: false,
      });
    });
  });
});

/** Answers as SPICE does: an F of 0.25 for every image. */
const STUB_JAVA = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const input = process.argv.find((word) => word.endsWith('input.json'));
const output = process.argv[process.argv.indexOf('-out') + 1];
const All = { pr: 0.25, re: 0.25, f: 0.25, tp: 1, fp: 3, fn: 3 };
const images = JSON.parse(readFileSync(input, 'utf8'));
writeFileSync(output, JSON.stringify(images.map(({ image_id }) => ({ image_id, scores: { All } }))));
`;

async function put(path: string, bytes: Uint8Array): Promise<{ path: string; sha256: string }> {
  await writeFile(path, bytes);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
}
