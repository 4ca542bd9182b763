/** Which rows of a results table are compared with which, on what, and which cannot be. Pure. */
import {
  Assignment,
  canonicalJson,
  ScoreName,
  SCORE_PRINT,
  UNRESAMPLED_SCORES,
  type ComparisonQuery,
  type ResultsRow,
  type ResultsTable,
  type Sha256,
} from '@capgrid/contracts';
import { ProblemError } from '../problems/problem-error.js';
import type { ResultTrial } from '../results/build-results-table.js';

export type PlannedRun = { trainingSeed: number; predictionsSha256: Sha256 };
export type PlannedRow = { row: number; runs: PlannedRun[] };
export type ComparisonPlan = {
  baseline: number;
  metrics: ScoreName[];
  /** The baseline among them, in the order of the table. */
  rows: PlannedRow[];
  leftOut: { row: number; reason: string }[];
  resamples: number;
};

/** Compared where nobody says what; BLEU-1 to 3 say little beside BLEU-4 and cost power. */
const USUAL: readonly ScoreName[] = ['bleu4', 'meteor', 'rougeL', 'ciderD', 'spice'];
/** Runs times images times resamples that take about a minute on one core. */
const AFFORDABLE_WORK = 2e9;
/** Of any comparison, however much work it is. */
const LEAST_AFFORDED = 1000;

/** @throws ProblemError for a baseline or a score that cannot be what is asked for */
export function planComparison(
  table: Pick<ResultsTable, 'rows'>,
  trials: readonly ResultTrial[],
  query: ComparisonQuery,
): ComparisonPlan {
  const baseline = findBaseline(table.rows, query.baseline);
  if (table.rows.every(({ seedsFinished }) => seedsFinished === 0)) throw nothingFinished(trials);
  const baselineRow = rowAt(table.rows, baseline);
  const metrics = chooseMetrics(query.metrics, baselineRow);
  const minSeeds = query.level === 'images' ? 1 : 2;
  const byId = new Map(trials.map((trial) => [trial.id, trial]));
  const rows: PlannedRow[] = [];
  const leftOut: ComparisonPlan['leftOut'] = [];
  for (const [row, found] of table.rows.entries()) {
    const runs = runsOf(found, byId);
    const obstacle = describeObstacle(found, baselineRow, metrics);
    const reason = obstacle ?? (runs.length < minSeeds ? describeSeeds(runs.length) : null);
    if (reason === null) rows.push({ row, runs });
    else if (row !== baseline) leftOut.push({ row, reason });
    else if (obstacle === null && runs.length > 0) throw unfitBaseline(row, reason, MORE_SEEDS);
    else throw unfitBaseline(row, reason);
  }
  const images = Math.max(1, ...trials.map((trial) => trial.captions ?? 0));
  const resamples = chooseResamples(query.resamples, { rows, metrics: metrics.length, images });
  return { baseline, metrics, rows, leftOut, resamples };
}

function findBaseline(rows: readonly ResultsRow[], wanted: string): number {
  if (/^\d+$/.test(wanted)) {
    const index = Number(wanted);
    if (index < rows.length) return index;
    throw unknownBaseline(wanted, `the indexes of the rows are 0 to ${rows.length - 1}`);
  }
  const assignment = Assignment.safeParse(parseJson(wanted));
  if (!assignment.success) {
    throw unknownBaseline(wanted, 'give the index of a row or its assignment as JSON');
  }
  const name = canonicalJson(assignment.data);
  const index = rows.findIndex((row) => canonicalJson(row.assignment) === name);
  if (index !== -1) return index;
  throw unknownBaseline(wanted, 'no row has this assignment; give all factors of the table');
}

function unknownBaseline(wanted: string, remedy: string): ProblemError {
  const message = `baseline is ${JSON.stringify(wanted)}: ${remedy}`;
  return new ProblemError(400, 'unknown-baseline', message, [
    { path: 'baseline', value: JSON.stringify(wanted), message: remedy },
  ]);
}

const MORE_SEEDS =
  'Train with more seeds, or compare over images alone (level=images, in the CLI --level images).';

function unfitBaseline(
  row: number,
  reason: string,
  remedy = 'Choose another row or other scores.',
): ProblemError {
  const message = `Row ${row + 1} of the table (index ${row}) cannot be the baseline: ${reason}. ${remedy}`;
  return new ProblemError(400, 'unfit-baseline', message);
}

function nothingFinished(trials: readonly ResultTrial[]): ProblemError {
  const isOver = trials.every(({ status }) => status === 'failed' || status === 'cancelled');
  const message = isOver
    ? 'No row of the table has a result: its trials failed or were cancelled. Retry them to compare rows.'
    : 'No row of the table has a result yet. Compare once trials have finished.';
  return new ProblemError(400, 'unfit-baseline', message);
}

function chooseMetrics(wanted: string, baseline: ResultsRow): ScoreName[] {
  if (wanted === '') return USUAL.filter((score) => baseline.scores[score] !== undefined);
  return [...new Set(wanted.split(','))].map((name) => {
    const score = ScoreName.safeParse(name.trim());
    const remedy = !score.success
      ? `is no score; there is ${ScoreName.options.join(', ')}`
      : UNRESAMPLED_SCORES.includes(score.data)
        ? 'belongs to all captions together and cannot be resampled; leave it out'
        : null;
    if (score.success && remedy === null) return score.data;
    const message = `metrics: "${name}" ${remedy ?? ''}`;
    throw new ProblemError(400, 'unknown-metric', message, [
      { path: 'metrics', value: JSON.stringify(name), message },
    ]);
  });
}

/** The finished trainings of a row that keep their captions. */
function runsOf(row: ResultsRow, trials: ReadonlyMap<string, ResultTrial>): PlannedRun[] {
  return row.trialIds.flatMap((id) => {
    const trial = trials.get(id);
    if (trial?.status !== 'finished' || trial.predictionsSha256 === null) return [];
    return [{ trainingSeed: trial.seed, predictionsSha256: trial.predictionsSha256 }];
  });
}

function describeObstacle(
  row: ResultsRow,
  baseline: ResultsRow,
  metrics: readonly ScoreName[],
): string | null {
  if (row.seedsFinished === 0) return 'it has no result';
  if (metrics.length === 0) return 'it has no score that can be compared';
  for (const metric of metrics) {
    const { label } = SCORE_PRINT[metric];
    const cell = row.scores[metric];
    if (row.mixed[metric] !== undefined) return `its seeds have different signatures of ${label}`;
    if (cell === undefined) return `${label} was not measured`;
    const expected = baseline.scores[metric]?.signature;
    if (expected !== undefined && cell.signature !== expected) {
      return `its ${label} has the signature ${cell.signature}, that of the baseline ${expected}`;
    }
  }
  return null;
}

function describeSeeds(seeds: number): string {
  if (seeds === 0) return 'none of its evaluations keeps captions';
  return 'it has one finished seed, and the level images-and-seeds needs two';
}

type Size = { rows: readonly PlannedRow[]; metrics: number; images: number };

/** Holm needs small p-values in a large table, up to what a reader waits for. */
function chooseResamples(wanted: number | undefined, { rows, metrics, images }: Size): number {
  const runs = rows.reduce((sum, row) => sum + row.runs.length, 0);
  const affordable = Math.max(
    LEAST_AFFORDED,
    Math.floor(AFFORDABLE_WORK / Math.max(1, runs * images)),
  );
  if (wanted === undefined) {
    const useful = 100 * Math.max(0, rows.length - 1) * metrics;
    return Math.max(LEAST_AFFORDED, Math.min(useful, affordable, 10_000));
  }
  if (wanted <= affordable) return wanted;
  const remedy = `${runs} trainings on ${images} images allow at most ${affordable} resamples`;
  throw new ProblemError(422, 'too-many-resamples', `resamples is ${wanted}: ${remedy}.`, [
    { path: 'resamples', value: String(wanted), message: remedy },
  ]);
}

function rowAt(rows: readonly ResultsRow[], index: number): ResultsRow {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`no row ${index} of ${rows.length}`);
  return row;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
