import { describe, expect, it } from 'vitest';
import { approximateRandomization } from './approximate-randomization.js';
import { compareTable } from './compare-table.js';
import { confidenceInterval } from './confidence-interval.js';
import type { MetricKey } from '../metric-table.js';
import { holm } from './holm.js';
import { resamplingStatistics } from './metric-statistics.js';
import { pairedBootstrap } from './paired-bootstrap.js';
import type { SeededSystem } from './seeded-system.js';
import { runOf, sourceOf, uniformNumbers } from './testing/scored-images.js';
import { twoLevelBootstrap } from './two-level-bootstrap.js';
import { varianceComponents } from './variance-components.js';

const random = uniformNumbers(15);
const BASE = Array.from({ length: 80 }, random);

function rowOf(name: string, shift: number, trainings = 1): SeededSystem {
  return {
    name,
    runs: Array.from({ length: trainings }, (_, index) => ({
      trainingSeed: index,
      statistics: runOf(
        name,
        BASE.map((value) => value + shift + 0.5 * (random() - 0.5)),
      ).statistics,
    })),
  };
}
const onlyRun = ({ name, runs }: SeededSystem) => ({ name, statistics: runs[0]!.statistics });

const rows = [rowOf('a', 0.05), rowOf('base', 0), rowOf('b', 0.2), rowOf('c', 0)];
const [a, base, b, c] = rows.map(onlyRun);

describe('compareTable', () => {
  it('gives each row what the paired bootstrap gives, with Holm over the table', () => {
    const options = { seed: 5, resamples: 500 };
    const table = compareTable(rows, 'base', options);
    const pairs = [a!, b!, c!].map((row) => pairedBootstrap(base!, row, options).metrics[0]!);
    const adjusted = holm(pairs.map(({ p }) => p));
    const comparisons = table.rows.map(({ cells }) => cells[0]!.comparison);
    expect(comparisons[1]).toBeNull();
    expect(comparisons.filter((comparison) => comparison !== null)).toEqual(
      pairs.map(({ difference, interval, p }, index) => ({
        difference,
        interval,
        p,
        adjustedP: adjusted[index],
      })),
    );
    expect(table).toMatchObject({ comparisons: 3, correction: 'holm', baseline: 'base', seed: 5 });
    expect(table.rows.map(({ name }) => name)).toEqual(['a', 'base', 'b', 'c']);
    const { score, interval } = confidenceInterval(base!.statistics, options).metrics[0]!;
    expect(table.rows[1]?.cells[0]).toMatchObject({ score, interval });
  });

  it('can test by randomization, keeping the bootstrap intervals', () => {
    const table = compareTable(rows, 'base', { test: 'approximate-randomization', resamples: 300 });
    const pValues = [a!, b!, c!].map(
      (row) => approximateRandomization(base!, row, { resamples: 300 }).metrics[0]!.p,
    );
    expect(
      table.rows.flatMap(({ cells }) => cells.flatMap(({ comparison }) => comparison?.p ?? [])),
    ).toEqual(pValues);
  });

  it('resamples training seeds too where asked', () => {
    const seeded = [rowOf('base', 0, 3), rowOf('other', 0.02, 3)];
    const options = { seed: 3, resamples: 400 };
    const images = compareTable(seeded, 'base', options);
    const both = compareTable(seeded, 'base', { ...options, test: 'welch' });
    const [expected] = twoLevelBootstrap(seeded[0]!, seeded[1]!, options).metrics;
    expect(images.rows[1]?.cells[0]?.comparison).toMatchObject({
      difference: expected!.difference,
      interval: expected!.images.interval,
      p: expected!.images.p,
    });
    expect(both).toMatchObject({ level: 'images-and-seeds', smallestAdjustedP: null });
    expect(both.rows[1]?.cells[0]?.comparison).toMatchObject({
      difference: expected!.difference,
      interval: expected!.bothByWelch!.interval,
      p: expected!.bothByWelch!.p,
      adjustedP: expected!.bothByWelch!.p,
    });
    expect(both.rows[1]?.trainingSeeds).toEqual([0, 1, 2]);
  });

  it('takes 100 resamples per comparison where that is more than 1000', () => {
    const many = Array.from({ length: 13 }, (_, index) => rowOf(`row-${index}`, 0));
    const table = compareTable(many, 'row-0');
    expect(table).toMatchObject({ comparisons: 12, resamples: 1200 });
    expect(table.smallestAdjustedP).toBeCloseTo(24 / 1201, 12);
    expect(compareTable(rows, 'base').resamples).toBe(1000);
  });

  it('takes at most 10,000 resamples by itself', () => {
    const one = { name: '', runs: [{ trainingSeed: 1, statistics: runOf('', [1, 2]).statistics }] };
    const many = Array.from({ length: 102 }, (_, index) => ({ ...one, name: `row-${index}` }));
    expect(compareTable(many, 'row-0')).toMatchObject({ comparisons: 101, resamples: 10_000 });
  });

  it('compares quality by itself, and what describes captions where it is named', () => {
    const described = (name: string, values: number[]): SeededSystem => ({
      name,
      runs: [
        {
          trainingSeed: 1,
          statistics: resamplingStatistics({
            ...sourceOf(values),
            perImage: sourceOf(values).perImage.map((image) => ({
              ...image,
              scores: { ...image.scores, averageLength: 9, badEndings: 0, perplexity: 8 },
            })),
            signatures: { rougeL: 's', averageLength: 's', badEndings: 's', perplexity: 's' },
          }),
        },
      ],
    });
    const both = [described('left', [1, 2]), described('right', [2, 2])];
    const metricsOf = (metrics?: MetricKey[]) =>
      compareTable(both, 'left', { metrics }).rows[1]!.cells.map(({ metric }) => metric);
    expect(metricsOf()).toEqual(['rougeL']);
    expect(metricsOf(['averageLength', 'rougeL'])).toEqual(['averageLength', 'rougeL']);
  });

  it('takes standard errors from the resamples that give the intervals', () => {
    const seeded = [rowOf('base', 0, 3), rowOf('other', 0.02, 3)];
    const options = { seed: 3, resamples: 400 };
    const table = compareTable(seeded, 'base', options);
    const [components] = varianceComponents(seeded[1]!, options).metrics;
    expect(table.rows[1]?.cells[0]?.standardErrors).toEqual(components?.standardErrors);
    const { score, interval } = compareTable(seeded, 'base', { ...options, test: 'welch' }).rows[1]!
      .cells[0]!;
    const half = interval.high - score;
    // Student's t is above 1.96 for any number of degrees of freedom
    expect(half / components!.standardErrors.both!).toBeGreaterThan(1.959);
  });

  it('leaves out of the family what cannot be tested', () => {
    const flat = (name: string, value: number): SeededSystem => ({
      name,
      runs: [1, 2].map((trainingSeed) => ({
        trainingSeed,
        statistics: runOf(name, Array<number>(4).fill(value)).statistics,
      })),
    });
    const table = compareTable([flat('base', 0.1), flat('same', 0.1), flat('other', 0.3)], 'base', {
      test: 'welch',
    });
    const cells = table.rows.map((row) => row.cells[0]?.comparison);
    expect(table.comparisons).toBe(1);
    expect(cells[1]).toMatchObject({ difference: 0, p: 1, adjustedP: 1 });
    expect(cells[2]).toMatchObject({ p: null, adjustedP: null });
  });

  it('makes no comparison in a table of the baseline alone', () => {
    const table = compareTable([rowOf('base', 0)], 'base');
    expect(table).toMatchObject({ comparisons: 0, smallestAdjustedP: null });
    expect(table.rows[0]?.cells[0]?.comparison).toBeNull();
  });

  it.each([
    ['unknown-baseline', rows, 'z', {}, '"a", "base", "b", "c"'],
    ['duplicate-system', [...rows, rowOf('a', 0)], 'base', {}, 'called "a"'],
    ['unsuitable-training-count', rows, 'base', { test: 'welch' }, '"a" has 1 training'],
    ['invalid-resampling-option', rows, 'base', { resamples: 1 }, 'resamples is 1'],
    ['invalid-resampling-option', rows, 'base', { metrics: [] }, 'is empty'],
    [
      'invalid-resampling-option',
      rows,
      'base',
      { metrics: ['rougeL', 'rougeL'] },
      '"rougeL" is named twice',
    ],
    [
      'unsuitable-training-count',
      [rowOf('base', 0, 2)],
      'base',
      { test: 'approximate-randomization' },
      '"base" has 2 trainings',
    ],
  ] as const)('refuses with %s', (code, table, baseline, options, message) => {
    expect(() => compareTable(table, baseline, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
