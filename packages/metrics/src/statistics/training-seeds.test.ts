/** Images and training seeds: variance components, two-level bootstrap. */
import { describe, expect, it } from 'vitest';
import { mean } from '../mean.js';
import { bootstrapScores } from './bootstrap-scores.js';
import { pairedBootstrap } from './paired-bootstrap.js';
import { comparableSystems } from './seeded-system.js';
import { variance } from './spread.js';
import { bellNumbers, runOf, uniformNumbers } from './testing/scored-images.js';
import { simulateTrainings, systemOf } from './testing/simulated-trainings.js';
import { twoLevelBootstrap } from './two-level-bootstrap.js';
import { varianceComponents } from './variance-components.js';

const WELCH = {
  p: 0.0768610406463394,
  degreesOfFreedom: 4.906424158638268,
  lower: -0.5384666600563022,
  upper: 7.371799993389635,
};

describe('varianceComponents', () => {
  it('finds the variances of a simulated design, on average', () => {
    const random = bellNumbers(9);
    const [images, seeds] = [100, 4];
    const spread = { image: 2, seed: 0.3, interaction: 1 };
    const rounds = 150;
    const sums = { withinSeed: 0, betweenSeeds: 0, interaction: 0, total: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const system = systemOf(
        'grid',
        simulateTrainings(random, spread, { images, seeds, mean: 5 }),
      );
      const [metric] = varianceComponents(system, { seed: round, resamples: 200 }).metrics;
      sums.withinSeed += metric!.withinSeed / rounds;
      sums.betweenSeeds += metric!.betweenSeeds! / rounds;
      sums.interaction += metric!.interaction! / rounds;
      sums.total += metric!.total! / rounds;
    }
    // variance 1 / 3 of each number; of a mean over 100 images a hundredth
    const [ofImages, ofSeed, ofInteraction] = [4 / 300, 0.09 / 3, 1 / 300];
    expect(sums.withinSeed / (ofImages + ofInteraction)).toBeCloseTo(1, 1);
    expect(sums.interaction / ofInteraction).toBeCloseTo(1, 1);
    // a variance of four values has a relative error of sqrt(2 / 3), of 150 of them 0.067
    expect(Math.abs(sums.betweenSeeds / (ofSeed + ofInteraction) - 1)).toBeLessThan(0.2);
    expect(Math.abs(sums.total / (ofImages + ofSeed + ofInteraction) - 1)).toBeLessThan(0.2);
  });

  it('says that nothing varies between equal trainings', () => {
    const values = Array.from({ length: 40 }, uniformNumbers(3));
    const [metric] = varianceComponents(systemOf('copy', [values, values, values])).metrics;
    expect(metric?.betweenSeeds).toBe(0);
    expect(metric?.interaction).toBe(0);
    expect(metric?.total).toBe(metric!.withinSeed);
    expect(metric?.standardErrors.both).toBeCloseTo(metric!.standardErrors.images, 12);
  });

  it('counts no image variance where all images are equal', () => {
    const system = systemOf('flat', [Array(8).fill(0.25), Array(8).fill(0.5)]);
    const [metric] = varianceComponents(system).metrics;
    expect(metric).toMatchObject({ scores: [0.25, 0.5], withinSeed: 0, interaction: 0 });
    expect(metric?.betweenSeeds).toBe(0.03125);
    expect(metric?.total).toBe(0.03125);
    expect(metric?.standardErrors.seeds).toBe(0.125);
  });

  it.each([1, 99])('refuses %i resamples, which give no variance', (resamples) => {
    const system = systemOf('one', [[0.1, 0.5, 0.9]]);
    expect(() => varianceComponents(system, { resamples })).toThrow(
      expect.objectContaining({ code: 'invalid-resampling-option' }),
    );
  });

  it('is the mean variance of a training, less the mean covariance of two', () => {
    const next = uniformNumbers(12);
    const trainings = [1, 2, 3].map(() => Array.from({ length: 20 }, next));
    const system = systemOf('few', trainings);
    const options = { seed: 5, resamples: 300 };
    const [metric] = varianceComponents(system, options).metrics;
    const resampled = trainings.map(() => new Float64Array(300));
    const { runs } = comparableSystems([system]);
    bootstrapScores(runs, options, (resample, scores) => {
      for (const [run, values] of resampled.entries()) values[resample] = scores[run]!;
    });
    const covariance = (a: Float64Array, b: Float64Array) =>
      (variance(a.map((value, index) => value + b[index]!)) - variance(a) - variance(b)) / 2;
    const [a, b, c] = resampled;
    const within = mean(resampled.map(variance));
    const between = mean([covariance(a!, b!), covariance(a!, c!), covariance(b!, c!)]);
    expect(metric!.withinSeed / within).toBeCloseTo(1, 9);
    expect(metric!.interaction! / (within - Math.max(0, between))).toBeCloseTo(1, 9);
  });

  it('knows nothing about seeds from one training', () => {
    const [metric] = varianceComponents(systemOf('one', [[0.1, 0.5, 0.9]])).metrics;
    expect(metric).toMatchObject({
      betweenSeeds: null,
      interaction: null,
      total: null,
      standardErrors: { seeds: null, both: null },
    });
  });
});

describe('twoLevelBootstrap', () => {
  it('is the paired bootstrap where each system has one training', () => {
    const next = uniformNumbers(6);
    const [left, right] = [1, 2].map(() => Array.from({ length: 60 }, next));
    const two = twoLevelBootstrap(systemOf('left', [left!]), systemOf('right', [right!]));
    const one = pairedBootstrap(runOf('left', left!), runOf('right', right!));
    const { interval, standardError, p } = one.metrics[0]!;
    expect(two.metrics[0]).toMatchObject({
      images: { interval, standardError, p },
      seeds: null,
      both: null,
      bothByWelch: null,
    });
  });

  it('keeps the variance of the seeds, although it draws from three', () => {
    // equal images, so only seeds vary: variance of a mean of three is s^2 / 3
    const flat = (values: number[]) => values.map((value) => Array<number>(4).fill(value));
    const [metric] = twoLevelBootstrap(
      systemOf('left', flat([1, 1, 1])),
      systemOf('right', flat([2, 3, 7])),
      { resamples: 20000 },
    ).metrics;
    expect(metric).toMatchObject({ baselineMean: 1, mean: 4, difference: 3 });
    // s^2 = 7; relative error of a standard deviation from 20000 draws is below 0.01
    expect(metric!.seeds!.standardError / Math.sqrt(7 / 3)).toBeCloseTo(1, 1);
    expect(metric!.both).toEqual(metric!.seeds);
    expect(metric!.images).toMatchObject({ interval: { low: 3, high: 3 }, standardError: 0 });
  });

  it('covers a true difference where both levels vary; images alone do not', () => {
    const random = bellNumbers(41);
    const spread = { image: 1, seed: 0.15, interaction: 0.3 };
    const rounds = 200;
    const covered = { images: 0, both: 0, bothByWelch: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const design = { images: 100, seeds: 5, mean: 1 };
      const ofImages = Array.from({ length: design.images }, random);
      const [metric] = twoLevelBootstrap(
        systemOf('left', simulateTrainings(random, spread, design, ofImages)),
        systemOf('right', simulateTrainings(random, spread, { ...design, mean: 1.1 }, ofImages)),
        { seed: round, resamples: 200 },
      ).metrics;
      for (const level of ['images', 'both', 'bothByWelch'] as const) {
        const { low, high } = metric![level]!.interval;
        if (low <= 0.1 && 0.1 <= high) covered[level] += 1;
      }
    }
    // nominal 0.95; 200 rounds leave a standard deviation of 0.015
    expect(covered.bothByWelch / rounds).toBeGreaterThan(0.92);
    // percentiles of means drawn from five trainings are a little narrow
    expect(covered.both / rounds).toBeGreaterThan(0.86);
    expect(covered.images / rounds).toBeLessThan(0.6);
  });

  it("is Welch's t-test of the trainings where all images are equal", () => {
    const flat = (values: number[]) => values.map((value) => Array<number>(4).fill(value));
    const [metric] = twoLevelBootstrap(
      systemOf('left', flat([1, 2, 4])),
      systemOf('right', flat([3, 6, 5, 9])),
    ).metrics;
    // scipy 1.17.1: ttest_ind([3, 6, 5, 9], [1, 2, 4], equal_var=False), interval from its
    // confidence_interval(0.95)
    expect(metric?.bothByWelch?.p).toBeCloseTo(WELCH.p, 10);
    expect(metric?.bothByWelch?.degreesOfFreedom).toBeCloseTo(WELCH.degreesOfFreedom, 10);
    expect(metric?.bothByWelch?.interval.low).toBeCloseTo(WELCH.lower, 10);
    expect(metric?.bothByWelch?.interval.high).toBeCloseTo(WELCH.upper, 10);
  });

  it('tests nothing where nothing varies', () => {
    // tenths, whose sums are rounded
    const flat = (value: number) => [1, 2].map(() => Array<number>(4).fill(value));
    const one = systemOf('one', flat(0.1));
    const [same] = twoLevelBootstrap(one, systemOf('same', flat(0.1))).metrics;
    const [other] = twoLevelBootstrap(one, systemOf('other', flat(0.3))).metrics;
    expect(same?.bothByWelch).toMatchObject({ p: 1, interval: { low: 0, high: 0 } });
    expect(other?.bothByWelch).toMatchObject({ p: null, standardError: 0 });
    expect(other?.bothByWelch?.interval.low).toBeCloseTo(0.2, 12);
  });

  it('finds no difference between two and three trainings that all gave the same captions', () => {
    const values = Array.from({ length: 30 }, uniformNumbers(8));
    const copies = (count: number) => Array.from({ length: count }, () => values);
    const [metric] = twoLevelBootstrap(
      systemOf('two', copies(2)),
      systemOf('three', copies(3)),
    ).metrics;
    expect(metric).toMatchObject({
      difference: 0,
      images: { p: 1, interval: { low: 0, high: 0 }, standardError: 0 },
      both: { p: 1 },
      bothByWelch: { p: 1, interval: { low: 0, high: 0 }, standardError: 0 },
    });
  });

  it('refuses two runs with one training seed, and no runs', () => {
    const { statistics } = runOf('x', [1, 2]);
    const twice = {
      name: 'twice',
      runs: [1, 1].map((trainingSeed) => ({ trainingSeed, statistics })),
    };
    const system = systemOf('x', [[1, 2]]);
    expect(() => twoLevelBootstrap(system, twice)).toThrow(
      expect.objectContaining({
        code: 'duplicate-training-seed',
        message: expect.stringContaining('"twice" has two runs with the training seed 1'),
      }),
    );
    expect(() => twoLevelBootstrap(system, { name: 'none', runs: [] })).toThrow(
      expect.objectContaining({ code: 'no-systems' }),
    );
  });

  it('names the training whose images differ', () => {
    const system = systemOf('deep', [
      [1, 2],
      [1, 2, 3],
    ]);
    expect(() => twoLevelBootstrap(systemOf('base', [[1, 2]]), system)).toThrow(
      expect.objectContaining({
        code: 'image-sets-differ',
        message: expect.stringContaining('"base" and "deep, training seed 2"'),
      }),
    );
  });
});
