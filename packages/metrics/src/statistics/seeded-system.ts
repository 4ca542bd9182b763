/** Systems trained several times. */
import { MetricInputError } from '../metric-input-error.js';
import type { MetricKey } from '../metric-table.js';
import type { MetricStatistics } from './metric-statistics.js';
import { comparableRuns, type ComparableRuns } from './scored-run.js';

/** One training, known by its seed. */
export interface SeedRun {
  readonly trainingSeed: number;
  readonly statistics: readonly MetricStatistics[];
}

/** Trainings that differ in nothing but the seed: a row of a results table. */
export interface SeededSystem {
  readonly name: string;
  readonly runs: readonly SeedRun[];
}

export interface ComparableSystems {
  /** The runs of all systems, one system after the other. */
  readonly runs: ComparableRuns;
  /** As the first run names them. */
  readonly metrics: readonly { readonly metric: MetricKey; readonly label: string }[];
  /** Place in a flat vector of scores, as `bootstrapScores` gives them. */
  readonly indexOf: (system: number, run: number, metric: number) => number;
}

/**
 * @throws MetricInputError for no system, a system without runs or with two runs of one training
 * seed, and everything that `comparableRuns` refuses.
 */
export function comparableSystems(
  systems: readonly SeededSystem[],
  wanted?: readonly MetricKey[],
): ComparableSystems {
  for (const system of systems) assertDistinctSeeds(system);
  const runs = comparableRuns(
    systems.flatMap(({ name, runs: ofSystem }) =>
      ofSystem.map(({ trainingSeed, statistics }) => ({
        name: ofSystem.length === 1 ? name : `${name}, training seed ${trainingSeed}`,
        statistics,
      })),
    ),
    wanted,
  );
  const starts = systems.map((_, system) =>
    systems.slice(0, system).reduce((sum, earlier) => sum + earlier.runs.length, 0),
  );
  return {
    runs,
    metrics: (runs.statistics[0] ?? []).map(({ metric, label }) => ({ metric, label })),
    indexOf: (system, run, metric) =>
      ((starts[system] ?? NaN) + run) * runs.metrics.length + metric,
  };
}

function assertDistinctSeeds({ name, runs }: SeededSystem): void {
  if (runs.length === 0) {
    throw new MetricInputError('no-systems', `"${name}" has 0 runs. Pass at least one training.`);
  }
  const seen = new Set<number>();
  for (const { trainingSeed } of runs) {
    if (seen.has(trainingSeed)) {
      throw new MetricInputError(
        'duplicate-training-seed',
        `"${name}" has two runs with the training seed ${trainingSeed}. Two trainings with one seed ` +
          'are one training; keep one of them.',
      );
    }
    seen.add(trainingSeed);
  }
}
