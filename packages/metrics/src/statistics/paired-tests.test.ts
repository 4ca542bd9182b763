/** What both paired tests and the confidence interval promise. */
import fc from 'fast-check';
import { mersenne } from 'pure-rand/generator/mersenne';
import { describe, expect, it } from 'vitest';
import { approximateRandomization } from './approximate-randomization.js';
import { confidenceInterval } from './confidence-interval.js';
import { bootstrapDraw, coinDraw } from './draws.js';
import { resamplingStatistics } from './metric-statistics.js';
import { pairedBootstrap } from './paired-bootstrap.js';
import { bellNumbers, runOf, sourceOf, uniformNumbers } from './testing/scored-images.js';

const TESTS = { pairedBootstrap, approximateRandomization };
const names = ['pairedBootstrap', 'approximateRandomization'] as const;

function uniformValues(images: number, seed: number): number[] {
  const next = uniformNumbers(seed);
  return Array.from({ length: images }, next);
}

it('draws with the generator of the C++ standard, whose 10,000th number is 4123659995', () => {
  const generator = mersenne(5489);
  for (let count = 1; count < 10000; count += 1) generator.next();
  expect(generator.next() >>> 0).toBe(4123659995);
});

it('draws as many images as there are, each as often as any other', () => {
  const images = 7;
  const weights = new Float64Array(images * 4);
  const draw = bootstrapDraw(images, 3);
  for (let resample = 0; resample < 10000; resample += 1) draw(weights, 4, 2);
  const drawn = [...weights].filter((_, index) => index % 4 === 2);
  expect(drawn.reduce((sum, weight) => sum + weight)).toBe(70000);
  // five standard deviations of a binomial count, sqrt(70000 * 1/7 * 6/7) = 93
  for (const count of drawn) expect(Math.abs(count - 10000)).toBeLessThan(463);
});

it('tosses a fair coin for each image, also past the 32 bits of one number', () => {
  const images = 70;
  const draw = coinDraw(images, 3);
  const heads = new Float64Array(images);
  for (let trial = 0; trial < 4000; trial += 1) {
    const weights = new Float64Array(images);
    draw(weights, 1, 0);
    for (const [image, weight] of weights.entries()) heads[image]! += weight;
  }
  // five standard deviations, sqrt(4000) / 2 = 32
  for (const count of heads) expect(Math.abs(count - 2000)).toBeLessThan(158);
});

it('gives these very digits for seed 12', () => {
  const left = runOf('left', [0.1, 0.4, 0.35, 0.8, 0.6, 0.2]);
  const right = runOf('right', [0.2, 0.5, 0.3, 0.9, 0.9, 0.1]);
  const options = { seed: 12, resamples: 199 };
  expect(pairedBootstrap(left, right, options)).toMatchInlineSnapshot(`
    {
      "confidence": 0.95,
      "generator": "mt19937",
      "idf": "fixed",
      "images": 6,
      "method": "paired-bootstrap",
      "metrics": [
        {
          "baselineScore": 0.4083333333333334,
          "difference": 0.07499999999999996,
          "interval": {
            "high": 0.17500000000000016,
            "low": -0.025000000000000022,
          },
          "label": "ROUGE-L",
          "metric": "rougeL",
          "p": 0.17,
          "score": 0.48333333333333334,
          "shareAbove": 0.9271356783919598,
          "standardError": 0.05132202720360098,
        },
      ],
      "resamples": 199,
      "seed": 12,
    }
  `);
  expect(approximateRandomization(left, right, options)).toMatchInlineSnapshot(`
    {
      "generator": "mt19937",
      "idf": "fixed",
      "images": 6,
      "method": "approximate-randomization",
      "metrics": [
        {
          "baselineScore": 0.4083333333333334,
          "difference": 0.07499999999999996,
          "label": "ROUGE-L",
          "metric": "rougeL",
          "p": 0.355,
          "score": 0.48333333333333334,
        },
      ],
      "resamples": 199,
      "seed": 12,
    }
  `);
});

describe.for(names)('%s', (name) => {
  const test = TESTS[name];

  it('gives the same result for the same seed, and another for another', () => {
    const left = runOf('left', uniformValues(50, 1));
    const right = runOf('right', uniformValues(50, 2));
    const first = test(left, right, { seed: 8 });
    expect(test(left, right, { seed: 8 })).toEqual(first);
    expect(test(left, right, { seed: 9 }).metrics).not.toEqual(first.metrics);
    expect(first).toMatchObject({ seed: 8, resamples: 1000, generator: 'mt19937', idf: 'fixed' });
  });

  it('does not depend on the order of the images, to the last digit', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    const ids = ['1', '2', '10', 'a', 'B', 'ä'];
    fc.assert(
      fc.property(
        values,
        values,
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        (left, right, order) => {
          const run = (name: string, of: number[], at: number[]) => ({
            name,
            statistics: resamplingStatistics(
              sourceOf(
                at.map((index) => of[index]!),
                at.map((index) => ids[index]!),
              ),
            ),
          });
          const inOrder = [0, 1, 2, 3, 4, 5];
          const options = { resamples: 100 };
          expect(test(run('l', left, order), run('r', right, order), options)).toEqual(
            test(run('l', left, inOrder), run('r', right, inOrder), options),
          );
        },
      ),
      { seed: 4, numRuns: 50 },
    );
  });

  it('answers p = 1 for identical systems', () => {
    const run = runOf('same', uniformValues(40, 5));
    expect(test(run, { ...run, name: 'too' }).metrics[0]).toMatchObject({ difference: 0, p: 1 });
  });

  it('answers p = 1 where all values are equal', () => {
    const [left, right] = [runOf('left', Array(9).fill(0.3)), runOf('right', Array(9).fill(0.3))];
    expect(test(left, right).metrics[0]).toMatchObject({ difference: 0, p: 1 });
  });

  it('finds a difference of one standard deviation, and never p = 0', () => {
    const left = uniformValues(200, 5);
    const right = left.map((value, index) => value + 0.3 + 0.1 * (index % 3));
    const [metric] = test(runOf('left', left), runOf('right', right)).metrics;
    // one chance in 1001 a side: randomization counts both sides, the bootstrap the smaller one twice
    expect(metric?.p).toBe((name === 'pairedBootstrap' ? 2 : 1) / 1001);
  });

  it('gives p-values that are uniform where there is no difference', () => {
    const next = bellNumbers(77);
    const numbers = (): number[] => Array.from({ length: 60 }, next);
    const pValues = Array.from({ length: 400 }, (_, seed) => {
      const [left, right] = [runOf('left', numbers()), runOf('right', numbers())];
      return test(left, right, { seed, resamples: 199 }).metrics[0]!.p;
    });
    for (const level of [0.05, 0.1, 0.25, 0.5, 0.75]) {
      const share = pValues.filter((p) => p <= level).length / pValues.length;
      // four standard deviations of a share of 400, and 0.015 for the bootstrap's error at 60 images
      const tolerance = 4 * Math.sqrt((level * (1 - level)) / 400) + 0.015;
      expect(Math.abs(share - level)).toBeLessThan(tolerance);
    }
  });

  it('refuses one image', () => {
    expect(() => test(runOf('left', [1]), runOf('right', [2]))).toThrow(
      expect.objectContaining({
        code: 'too-few-images',
        message: expect.stringContaining('"image-0"'),
      }),
    );
  });

  it('refuses other images and names both systems and an image', () => {
    expect(() => test(runOf('left', [1, 2]), runOf('right', [2, 1, 1]))).toThrow(
      expect.objectContaining({
        code: 'image-sets-differ',
        message: expect.stringMatching(/"left" and "right".*1 only in "right" \(as "image-2"\)/),
      }),
    );
  });

  it('refuses other signatures and names both', () => {
    const other = { ...sourceOf([2, 1]), signatures: { rougeL: 'ROUGE-L|v:2' } };
    expect(() =>
      test(runOf('left', [1, 2]), { name: 'right', statistics: resamplingStatistics(other) }),
    ).toThrow(
      expect.objectContaining({
        code: 'signatures-differ',
        message: expect.stringMatching(/"left": ROUGE-L\|v:1. "right": ROUGE-L\|v:2/),
      }),
    );
  });

  it('refuses a metric that a system lacks', () => {
    const [left, right] = [runOf('left', [1, 2]), runOf('right', [1, 2])];
    expect(() => test(left, right, { metrics: ['bleu4'] })).toThrow(
      expect.objectContaining({
        code: 'missing-metric',
        message: expect.stringContaining('"left" has no statistics of BLEU-4; it has ROUGE-L'),
      }),
    );
    expect(() => test(left, { name: 'none', statistics: [] })).toThrow(
      expect.objectContaining({ code: 'no-common-metric' }),
    );
  });

  it.each([
    { seed: -1 },
    { seed: 0.5 },
    { seed: 2 ** 32 },
    { resamples: 1 },
    { resamples: 99 },
    { resamples: 1e12 },
    { resamples: 100.5 },
  ])('refuses the option %o', (options) => {
    const [left, right] = [runOf('left', [1, 2]), runOf('right', [1, 2])];
    expect(() => test(left, right, options)).toThrow(
      expect.objectContaining({
        code: 'invalid-resampling-option',
        message: expect.stringContaining(String(Object.values(options)[0])),
      }),
    );
  });
});

describe('pairedBootstrap', () => {
  it('finds p <= 0.05 exactly where the 95% interval leaves out 0', () => {
    // skewed differences of few images, where a p-value by shifting says otherwise
    const value = fc.constantFrom(-0.3, -0.05, 0, 0, 0.05, 0.1, 0.6, 1);
    let significant = 0;
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 4, maxLength: 12 }),
        fc.constantFrom(100, 199, 333, 999, 1000),
        fc.constantFrom(0.95, 0.9, 0.8),
        (changes, resamples, confidence) => {
          const base = changes.map((_, index) => index / 7);
          const changed = changes.map((change, index) => index / 7 + change);
          const { metrics } = pairedBootstrap(runOf('left', base), runOf('right', changed), {
            resamples,
            confidence,
          });
          const { interval, p } = metrics[0]!;
          const leavesOutZero = interval.low > 0 || interval.high < 0;
          if (leavesOutZero) significant += 1;
          // 1 - 0.9 is a little below 0.1
          expect(p <= 1 - confidence + 1e-12).toBe(leavesOutZero);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
    expect(significant).toBeGreaterThan(30);
    expect(significant).toBeLessThan(270);
  });
});

it('counts a swap that gives the same difference as equal, whatever the rounding', () => {
  const left = uniformValues(300, 5);
  const right = left.map((value, index) => (index === 17 ? value + 1 / 3 : value));
  const [metric] = approximateRandomization(runOf('left', left), runOf('right', right)).metrics;
  expect(metric?.p).toBe(1);
});

it.each([
  [{ metrics: [] }, 'list of metrics is empty'],
  [{ metrics: ['rougeL', 'rougeL'] }, '"rougeL" is named twice'],
  [{ confidence: 0.999, resamples: 1000 }, 'take at least 2000'],
] as const)('refuses the options %j', (options, message) => {
  const [left, right] = [runOf('left', [1, 2]), runOf('right', [1, 2])];
  expect(() => pairedBootstrap(left, right, options)).toThrow(
    expect.objectContaining({
      code: 'invalid-resampling-option',
      message: expect.stringContaining(message),
    }),
  );
});

describe('confidenceInterval', () => {
  it('covers the true mean in about 95 of 100 samples', () => {
    const next = uniformNumbers(31);
    const covered = Array.from({ length: 600 }, (_, seed) => {
      const { statistics } = runOf('sample', Array.from({ length: 80 }, next));
      const [metric] = confidenceInterval(statistics, { seed, resamples: 400 }).metrics;
      return metric!.interval.low <= 0.5 && 0.5 <= metric!.interval.high;
    }).filter(Boolean).length;
    // four standard deviations of a share of 600 are 0.036; a percentile interval of 80 loses 0.01
    expect(Math.abs(covered / 600 - 0.94)).toBeLessThan(0.036);
  });

  it('has the standard error of a mean', () => {
    const values = uniformValues(400, 2);
    const mean = values.reduce((sum, value) => sum + value) / 400;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const { statistics } = runOf('sample', values);
    const [metric] = confidenceInterval(statistics, { resamples: 4000 }).metrics;
    // relative error of a standard deviation from 4000 values: 1 / sqrt(8000) = 0.011
    expect(metric!.standardError / (Math.sqrt(squares) / 400)).toBeCloseTo(1, 1);
    expect(metric!.score).toBeCloseTo(mean, 12);
  });

  it('is one point where all values are equal', () => {
    const { statistics } = runOf('flat', Array(10).fill(0.25));
    expect(confidenceInterval(statistics).metrics[0]).toMatchObject({
      score: 0.25,
      interval: { low: 0.25, high: 0.25 },
      standardError: 0,
    });
  });

  it.each([0, 1, NaN])('refuses the confidence %s', (confidence) => {
    const { statistics } = runOf('run', [1, 2]);
    expect(() => confidenceInterval(statistics, { confidence })).toThrow(
      expect.objectContaining({ code: 'invalid-resampling-option' }),
    );
  });
});
