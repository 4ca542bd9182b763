/**
 * Scores captions in this new process, as its argument says, and prints one line of JSON: milliseconds
 * of each part, scores and the largest memory. Nothing is warm: the code is compiled while it runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptionsScore } from '@capgrid/metrics';
import type { ChildOptions } from './contenders.js';
import { FILES, readItems, type TokenizedFile } from './read-captions.js';

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const ms: Record<string, number> = {};

function timed<T>(part: string, work: () => T): T {
  const started = performance.now();
  const result = work();
  ms[part] = performance.now() - started;
  return result;
}

async function timedAsync<T>(part: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  ms[part] = performance.now() - started;
  return result;
}

const started = performance.now();
const metrics = await import('@capgrid/metrics');
const loadedMs = performance.now() - started;
const { folder } = options;
const RUNS = { score, stages, bootstrap, meteor: exactAndStem };
const scores = await RUNS[options.run]();
process.stdout.write(
  `${JSON.stringify({
    version: `metrics ${metrics.METRICS_VERSION}`,
    ms,
    scores,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  })}\n`,
);

/** All at once, as `capgrid eval` and the trainer do it. */
async function score(): Promise<CaptionsScore['corpus']> {
  ms['load code'] = loadedMs;
  const items = timed('read captions', () => readItems(folder, 'candidates'));
  const lexicon = await timedAsync('load word lists', metrics.loadMeteorLexicon);
  const meteor = metrics.createMeteor({ lexicon });
  return timed('score', () => metrics.scoreCaptions(items, { meteor })).corpus;
}

/** Each metric for itself: BLEU, CIDEr-D and CIDEr each count n-grams, `scoreCaptions` counts once. */
async function stages(): Promise<Record<string, number>> {
  const items = readItems(folder, 'candidates');
  const lexicon = await metrics.loadMeteorLexicon();
  const { candidates, references } = timed('tokenize', () =>
    metrics.tokenizeItems(items, 'next-caption'),
  );
  const bleu = timed('BLEU', () => metrics.scoreBleu(candidates, references));
  const meteor = timed('METEOR', () =>
    metrics.scoreMeteor(candidates, references, metrics.createMeteor({ lexicon })),
  );
  const rougeL = timed('ROUGE-L', () => metrics.scoreRougeL(candidates, references));
  const ciderD = timed('CIDEr-D', () => metrics.scoreCiderD(candidates, references));
  const cider = timed('CIDEr', () => metrics.scoreCider(candidates, references));
  return {
    bleu4: bleu.corpus[3],
    meteor: meteor.corpus,
    rougeL: rougeL.corpus,
    ciderD: ciderD.corpus,
    cider: cider.corpus,
  };
}

/** What a peer without synonyms can do. */
async function exactAndStem(): Promise<Record<string, number>> {
  const lexicon = await metrics.loadMeteorLexicon();
  const { candidates, references } = JSON.parse(
    readFileSync(join(folder, FILES.tokenized), 'utf8'),
  ) as TokenizedFile;
  const meteor = metrics.createMeteor({ lexicon, modules: ['exact', 'stem'] });
  const { corpus } = timed('METEOR (exact, stem)', () =>
    metrics.scoreMeteor(candidates, references, meteor),
  );
  return { meteor: corpus };
}

/** Two models over the same images; their captions are scored before, as they are once in a sweep. */
async function bootstrap(): Promise<Record<string, number>> {
  const lexicon = await metrics.loadMeteorLexicon();
  const meteor = metrics.createMeteor({ lexicon });
  const [baseline, run] = (['others', 'candidates'] as const).map((name) => ({
    name,
    score: metrics.scoreCaptions(readItems(folder, name), { meteor }),
  }));
  if (baseline === undefined || run === undefined) throw new RangeError('Two runs are compared.');
  const started = performance.now();
  const [left, right] = timed('bootstrap statistics', () =>
    [baseline, run].map(({ name, score: { perImage, labels, signatures } }) => ({
      name,
      statistics: metrics.resamplingStatistics({ perImage, labels, signatures }),
    })),
  );
  if (left === undefined || right === undefined) throw new RangeError('Two runs are compared.');
  const { resamples = metrics.DEFAULT_RESAMPLES } = options;
  const compared = timed('bootstrap resamples', () =>
    metrics.pairedBootstrap(left, right, { resamples, metrics: ['bleu4', 'meteor', 'ciderD'] }),
  );
  ms['paired bootstrap'] = performance.now() - started;

  // What sacrebleu's paired test does: from two sets of tokens to the p-value of BLEU.
  timed('paired bootstrap of BLEU', () => {
    for (const { score: scored } of [baseline, run]) {
      metrics.scoreBleu(scored.tokenized.candidates, scored.tokenized.references);
    }
    const [of, to] = [baseline, run].map(({ name, score: { perImage, labels, signatures } }) => ({
      name,
      statistics: metrics.resamplingStatistics({
        perImage,
        labels,
        signatures: { bleu4: signatures.bleu4 ?? '' },
      }),
    }));
    if (of !== undefined && to !== undefined) metrics.pairedBootstrap(of, to, { resamples });
  });
  return Object.fromEntries(
    compared.metrics.flatMap(({ metric, score, p }) => [
      [metric, score],
      [`p ${metric}`, p],
    ]),
  );
}
