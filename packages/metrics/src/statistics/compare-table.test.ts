import { describe, expect, it } from 'vitest';
import { approximateRandomization } from './approximate-randomization.js';
import { compareTable } from './compare-table.js';
import { confidenceInterval } from './confidence-interval.js';
import { holm } from './holm.js';
import { pairedBootstrap } from './paired-bootstrap.js';
import type { SeededSystem } from './seeded-system.js';
import { runOf, uniformNumbers } from './testing/scored-images.js';
import { twoLevelBootstrap } from './two-level-bootstrap.js';

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
    expect(table.smallestAdjustedP).toBeCloseTo(12 / 1201, 12);
    expect(compareTable(rows, 'base').resamples).toBe(1000);
  });

  it('makes no comparison in a table of the baseline alone', () => {
    const table = compareTable([rowOf('base', 0)], 'base');
    expect(table.comparisons).toBe(0);
    expect(table.rows[0]?.cells[0]?.comparison).toBeNull();
  });

  it.each([
    ['unknown-baseline', rows, 'z', {}, '"a", "base", "b", "c"'],
    ['duplicate-system', [...rows, rowOf('a', 0)], 'base', {}, 'called "a"'],
    ['unsuitable-training-count', rows, 'base', { test: 'welch' }, '"a" has 1 training'],
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
