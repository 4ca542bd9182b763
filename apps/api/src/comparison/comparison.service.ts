/** Compares the rows of a results table; keeps what was computed, for it takes seconds. */
import {
  hashJson,
  labelScore,
  SCORE_PRINT,
  type Comparison,
  type ComparisonQuery,
  type ResultsTable,
} from '@capgrid/contracts';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { StoreReader } from '../datasets/store-reader.js';
import { buildResultsTable } from '../results/build-results-table.js';
import { ResultsService } from '../results/results.service.js';
import type { ComparedPredictions } from './compare-predictions.js';
import { ComparisonLine } from './comparison-line.js';
import { planComparison, type ComparisonPlan } from './plan-comparison.js';
import { runComparison } from './run-comparison.js';

const CACHED_COMPARISONS = 32;

@Injectable()
export class ComparisonService implements OnModuleDestroy {
  /** Oldest first. The key holds the digests of all captions, so entries never go stale. */
  private readonly cache = new Map<string, ComparedPredictions>();
  private readonly line = new ComparisonLine();

  constructor(
    private readonly results: ResultsService,
    private readonly store: StoreReader,
  ) {}

  onModuleDestroy(): void {
    this.line.close();
  }

  /** @param gone whoever asked no longer waits */
  async compare(sweepId: string, query: ComparisonQuery, gone: AbortSignal): Promise<Comparison> {
    const input = await this.results.read(sweepId);
    const table = buildResultsTable(input);
    const plan = planComparison(table, input.trials, query);
    const compared = await this.computed(plan, query, gone);
    return assemble(table, plan, query, compared);
  }

  private async computed(
    plan: ComparisonPlan,
    query: ComparisonQuery,
    gone: AbortSignal,
  ): Promise<ComparedPredictions> {
    const { baseline, metrics, rows, resamples } = plan;
    const { level, seed } = query;
    const key = hashJson({ baseline, metrics, rows, resamples, level, seed });
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const job = {
      baseline,
      metrics,
      resamples,
      level,
      seed,
      rows: rows.map(({ row, runs }) => ({
        row,
        runs: runs.map(({ trainingSeed, predictionsSha256 }) => ({
          trainingSeed,
          path: this.store.pathOf(predictionsSha256),
        })),
      })),
    };
    const compared = await this.line.ask(key, gone, (stop) => runComparison(job, stop));
    this.cache.set(key, compared);
    const [oldest] = this.cache.keys();
    if (this.cache.size > CACHED_COMPARISONS && oldest !== undefined) this.cache.delete(oldest);
    return compared;
  }
}

function assemble(
  table: ResultsTable,
  { baseline, metrics, leftOut, resamples }: ComparisonPlan,
  { level, seed }: ComparisonQuery,
  { rows, ...compared }: ComparedPredictions,
): Comparison {
  return {
    sweepId: table.sweepId,
    baseline,
    level,
    correction: 'holm',
    seed,
    resamples,
    idf: 'fixed',
    ...compared,
    columns: metrics.map((score) => {
      const signature = table.rows[baseline]?.scores[score]?.signature ?? '';
      const { unit, decimals } = SCORE_PRINT[score];
      return { score, label: labelScore(score, signature), unit, decimals, signature };
    }),
    rows: rows.map((row) => ({ ...row, assignment: table.rows[row.row]?.assignment ?? {} })),
    leftOut,
  };
}
