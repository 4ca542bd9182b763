/** Against sacrebleu, scipy and statsmodels: test/golden/metrics/statistics/PROVENANCE.md. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { scoreBleu } from '../bleu.js';
import { mean } from '../mean.js';
import { approximateRandomization } from './approximate-randomization.js';
import { bootstrapScores } from './bootstrap-scores.js';
import { confidenceInterval } from './confidence-interval.js';
import { holm } from './holm.js';
import { resamplingStatistics, type ResamplingSource } from './metric-statistics.js';
import { pairedBootstrap } from './paired-bootstrap.js';
import { comparableRuns, type ScoredRun } from './scored-run.js';
import { runOf, sourceOf } from './testing/scored-images.js';

interface Captions {
  items: {
    imageId: string;
    references: string[];
    baseline: string;
    system: string;
    baselineValue: number;
    systemValue: number;
  }[];
}
interface Resampled {
  lower: number;
  upper: number;
  standardError: number;
}
interface Expected {
  sacrebleu_ar: { trials: number; baseline: number; system: number; p: number };
  sacrebleu_bs: { trials: number; p: number };
  bleu4_difference: Resampled & {
    difference: number;
    twoSidedShiftedP: number;
    shareAbove: number;
  };
  mean_value: Resampled & { score: number };
  exact_swaps: { images: number; p: number };
  holm: { p: number[]; adjusted: number[] }[];
}

const folder = new URL('../../../../test/golden/metrics/statistics/', import.meta.url);
const read = (file: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(file, folder)), 'utf8'));
const { items } = read('captions.json') as Captions;
const golden = read('expected.json') as Expected;

/** As many as the tools took, so both sides have the same Monte Carlo error. */
const RESAMPLES = 20000;
/** coco-caption adds 1e-15 and 1e-9 to counts, sacrebleu nothing. */
const BLEU_TOLERANCE = 1e-9;

/** Four standard errors of the difference between two shares, each of `RESAMPLES` draws. */
const shareTolerance = (share: number): number =>
  4 * Math.sqrt((2 * share * (1 - share)) / RESAMPLES);
/**
 * Four standard errors of the difference between two 2.5% quantiles: a quantile's is
 * sqrt(0.025 * 0.975 / N) / density, and the density of a normal there is 0.0584 / standard error.
 */
const quantileTolerance = (standardError: number): number =>
  4 * Math.SQRT2 * (Math.sqrt((0.025 * 0.975) / RESAMPLES) / 0.0584) * standardError;

function bleuRun(name: 'baseline' | 'system'): ScoredRun {
  const bleu = scoreBleu(
    items.map((item) => item[name]),
    items.map((item) => item.references),
  );
  const source: ResamplingSource = {
    perImage: sourceOf(items.map((item) => item[`${name}Value`])).perImage.map((image, index) => ({
      ...image,
      imageId: items[index]!.imageId,
      bleu: bleu.perImageStatistics[index]!,
    })),
    signatures: { bleu4: 'BLEU-4|tok:none', rougeL: 'made up' },
    labels: {},
  };
  return { name, statistics: resamplingStatistics(source) };
}
const baseline = bleuRun('baseline');
const system = bleuRun('system');

it('gives the BLEU-4 and the randomization p-value of sacrebleu', () => {
  const result = approximateRandomization(baseline, system, {
    resamples: RESAMPLES,
    metrics: ['bleu4'],
  });
  const [bleu4] = result.metrics;
  expect(Math.abs(bleu4!.baselineScore - golden.sacrebleu_ar.baseline / 100)).toBeLessThan(
    BLEU_TOLERANCE,
  );
  expect(Math.abs(bleu4!.score - golden.sacrebleu_ar.system / 100)).toBeLessThan(BLEU_TOLERANCE);
  expect(Math.abs(bleu4!.p - golden.sacrebleu_ar.p)).toBeLessThan(
    shareTolerance(golden.sacrebleu_ar.p),
  );
});

it('gives the difference, interval and p-value that scipy and sacrebleu resample', () => {
  const expected = golden.bleu4_difference;
  const [bleu4] = pairedBootstrap(baseline, system, { resamples: RESAMPLES }).metrics;
  expect(Math.abs(bleu4!.difference - expected.difference)).toBeLessThan(BLEU_TOLERANCE);
  const tolerance = quantileTolerance(expected.standardError);
  expect(Math.abs(bleu4!.interval.low - expected.lower)).toBeLessThan(tolerance);
  expect(Math.abs(bleu4!.interval.high - expected.upper)).toBeLessThan(tolerance);
  expect(bleu4!.standardError / expected.standardError).toBeCloseTo(1, 1);
  const p = 2 * Math.min(expected.shareAbove, 1 - expected.shareAbove);
  // twice a share
  expect(Math.abs(bleu4!.p - p)).toBeLessThan(2 * shareTolerance(p / 2));
  expect(Math.abs(bleu4!.shareAbove - expected.shareAbove)).toBeLessThan(
    shareTolerance(expected.shareAbove),
  );
});

it('gives the p-value that shifting the resampled differences gives', () => {
  const { difference, twoSidedShiftedP } = golden.bleu4_difference;
  const differences = new Float64Array(RESAMPLES);
  const runs = comparableRuns([baseline, system], ['bleu4']);
  bootstrapScores(runs, { resamples: RESAMPLES, seed: 1 }, (resample, [left, right]) => {
    differences[resample] = right! - left!;
  });
  const center = mean(differences);
  const count = differences.filter((d) => Math.abs(d - center) >= Math.abs(difference)).length;
  expect(Math.abs((count + 1) / (RESAMPLES + 1) - twoSidedShiftedP)).toBeLessThan(
    shareTolerance(twoSidedShiftedP),
  );
});

it("gives sacrebleu's own one-tailed bootstrap p-value from the same resamples", () => {
  const differences = new Float64Array(RESAMPLES);
  const runs = comparableRuns([baseline, system], ['bleu4']);
  bootstrapScores(runs, { resamples: RESAMPLES, seed: 1 }, (resample, [left, right]) => {
    differences[resample] = Math.abs(right! - left!);
  });
  const center = mean(differences);
  const count = differences.filter((d) => d - center > golden.bleu4_difference.difference).length;
  expect(Math.abs((count + 1) / (RESAMPLES + 1) - golden.sacrebleu_bs.p)).toBeLessThan(
    shareTolerance(golden.sacrebleu_bs.p),
  );
});

it('gives the percentile interval of a mean that scipy gives', () => {
  const expected = golden.mean_value;
  const [value] = confidenceInterval(system.statistics, {
    resamples: RESAMPLES,
    metrics: ['rougeL'],
  }).metrics;
  expect(value?.score).toBeCloseTo(expected.score, 12);
  const tolerance = quantileTolerance(expected.standardError);
  expect(Math.abs(value!.interval.low - expected.lower)).toBeLessThan(tolerance);
  expect(Math.abs(value!.interval.high - expected.upper)).toBeLessThan(tolerance);
});

it('approaches the exact p-value of all swaps', () => {
  const few = items.slice(0, golden.exact_swaps.images);
  const [value] = approximateRandomization(
    runOf(
      'baseline',
      few.map((item) => item.baselineValue),
    ),
    runOf(
      'system',
      few.map((item) => item.systemValue),
    ),
    { resamples: RESAMPLES },
  ).metrics;
  expect(Math.abs(value!.p - golden.exact_swaps.p)).toBeLessThan(
    shareTolerance(golden.exact_swaps.p),
  );
});

it('adjusts p-values as statsmodels does', () => {
  for (const { p, adjusted } of golden.holm) {
    for (const [index, value] of holm(p).entries()) expect(value).toBeCloseTo(adjusted[index]!, 12);
  }
});
