/** The results of a sweep as the table of a paper. Pure: trials in, table out. */
import {
  canonicalJson,
  labelFactors,
  labelScore,
  SCORE_NAMES,
  SCORE_PRINT,
  toPrintUnit,
  type Assignment,
  type EngineRecord,
  type MeasuredScore,
  type MeasuredScores,
  type PrintedRow,
  type PublishedRow,
  type ResultsColumn,
  type ResultsCell,
  type ResultsRow,
  type ResultsTable,
  type ScoreName,
  type Sha256,
  type TrialSpec,
  type TrialStatus,
} from '@capgrid/contracts';
import { describeResults } from './describe-results.js';
import { describePublished } from './describe-published.js';
import { findPublished } from './find-published.js';
import { buildColumns, markBest } from './results-columns.js';

export type ResultTrial = {
  id: string;
  assignment: Assignment;
  seed: number;
  spec: TrialSpec;
  status: TrialStatus;
  scores: MeasuredScores | null;
  /** Captions scored, one per image. */
  captions: number | null;
  failureCode: string | null;
  /** Of its training and its evaluation, as far as they are done. */
  engines: readonly EngineRecord[];
  predictionsSha256: Sha256 | null;
};

export type ResultsInput = {
  sweep: {
    id: string;
    name: string;
    dataset: string;
    factors: readonly string[];
    published: readonly PublishedRow[];
  };
  /** In the order of their numbers. */
  trials: readonly ResultTrial[];
};

type Group = { assignment: Assignment; trials: ResultTrial[] };

export function buildResultsTable({ sweep, trials }: ResultsInput): ResultsTable {
  const rows = groupBySeed(trials).map((group) => buildRow(group, sweep));
  const columns = buildColumns(rows, withheldScores(rows, sweep.published));
  for (const column of columns) markBest(rows, column);
  return {
    sweepId: sweep.id,
    sweepName: sweep.name,
    caption: describeResults(sweep, trials, columns),
    factors: labelFactors(sweep.factors),
    columns,
    rows,
    printed: printedRows(sweep.published, rows, columns),
    publishedNotes: describePublished(sweep.published),
    trialsFinished: trials.filter((trial) => trial.status === 'finished').length,
    trialsFailed: trials.filter((trial) => trial.status === 'failed').length,
    trialsTotal: trials.length,
  };
}

function groupBySeed(trials: readonly ResultTrial[]): Group[] {
  const groups = new Map<string, Group>();
  for (const trial of trials) {
    const name = canonicalJson(trial.assignment);
    const group = groups.get(name) ?? { assignment: trial.assignment, trials: [] };
    group.trials.push(trial);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function buildRow({ assignment, trials }: Group, sweep: ResultsInput['sweep']): ResultsRow {
  const finished = trials.filter(isScored);
  const specs = trials.map(({ spec }) => spec);
  const printed = findPublished(sweep.published, specs, sweep.dataset);
  const scores: ResultsRow['scores'] = {};
  const mixed: ResultsRow['mixed'] = {};
  for (const score of SCORE_NAMES) {
    const measured = finished.map((trial) => comparableScore(trial, score));
    const signatures = [...new Set(measured.map((one) => one?.signature ?? 'not measured'))];
    const [signature] = signatures;
    const values = measured.flatMap((one) => one ?? []);
    if (values.length === 0 || signature === undefined) continue;
    if (signatures.length > 1) mixed[score] = signatures;
    else scores[score] = buildCell(score, signature, values, printed?.scores[score]);
  }
  return {
    assignment,
    trialIds: trials.map((trial) => trial.id),
    seedsFinished: finished.length,
    seedsTotal: trials.length,
    scores,
    mixed,
    missing: [...new Set(trials.flatMap(describeMissing))],
    published: printed?.source ?? null,
  };
}

type ScoredTrial = ResultTrial & { scores: MeasuredScores };

function isScored(trial: ResultTrial): trial is ScoredTrial {
  return trial.status === 'finished' && trial.scores !== null;
}

/** Signatures of before they named their images are told apart by split and number of images. */
function comparableScore(trial: ScoredTrial, score: ScoreName): MeasuredScore | null {
  const measured = trial.scores[score];
  if (measured === undefined) return null;
  if (/(^|\|)images:/.test(measured.signature)) return measured;
  const images = `split:${trial.spec.decode.split}|images:${trial.captions ?? 'unknown'}`;
  return { ...measured, signature: `${measured.signature}|${images}` };
}

function buildCell(
  score: ScoreName,
  signature: string,
  measured: readonly MeasuredScore[],
  printed: number | undefined,
): ResultsCell {
  const values = measured.map(({ value }) => toPrintUnit(score, value));
  const average = mean(values);
  const interval = measured.length === 1 ? (measured[0]?.interval ?? null) : null;
  const isSameMetric = labelScore(score, signature) === SCORE_PRINT[score].label;
  return {
    mean: average,
    std: sampleStd(values, average),
    interval: interval && {
      low: toPrintUnit(score, interval.low),
      high: toPrintUnit(score, interval.high),
    },
    isBest: false,
    delta: printed === undefined || !isSameMetric ? null : average - toPrintUnit(score, printed),
    signature,
  };
}

/** A published METEOR used paraphrases; one without them is another metric. */
function withheldScores(
  rows: readonly ResultsRow[],
  published: readonly PublishedRow[],
): Map<ScoreName, string[]> {
  const withheld = new Map<ScoreName, string[]>();
  const taken = new Set(rows.map((row) => row.published));
  for (const row of rows) {
    const beside = published.filter(({ source }) => source === row.published || !taken.has(source));
    for (const score of SCORE_NAMES) {
      const cell = row.scores[score];
      if (cell === undefined || beside.every(({ scores }) => scores[score] === undefined)) continue;
      const label = labelScore(score, cell.signature);
      if (label === SCORE_PRINT[score].label) continue;
      withheld.set(score, [...new Set([...(withheld.get(score) ?? []), label])]);
    }
  }
  return withheld;
}

/** Published rows that no cell has taken, in the units of the columns; those without scores are notes. */
function printedRows(
  published: readonly PublishedRow[],
  rows: readonly ResultsRow[],
  columns: readonly ResultsColumn[],
): PrintedRow[] {
  const taken = new Set(rows.map((row) => row.published));
  const same = columns.filter(({ score, label }) => label === SCORE_PRINT[score].label);
  return published
    .filter(({ source, scores }) => !taken.has(source) && Object.keys(scores).length > 0)
    .map(({ source, scores }) => ({
      source,
      scores: Object.fromEntries(
        same.flatMap(({ score }) => {
          const value = scores[score];
          return value === undefined ? [] : [[score, toPrintUnit(score, value)]];
        }),
      ),
    }));
}

function describeMissing(trial: ResultTrial): string[] {
  switch (trial.status) {
    case 'finished':
      return [];
    case 'failed':
      return [trial.failureCode ?? 'failed'];
    case 'cancelled':
      return ['cancelled'];
    case 'queued':
      return ['queued'];
    case 'extracting':
    case 'training':
    case 'evaluating':
      return ['running'];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleStd(values: readonly number[], average: number): number | null {
  if (values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
