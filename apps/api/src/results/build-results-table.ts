/** The results of a sweep as the table of a paper. Pure: trials in, table out. */
import {
  canonicalJson,
  labelFactors,
  readPath,
  SCORE_NAMES,
  trialPath,
  type Assignment,
  type EngineRecord,
  type PublishedRow,
  type ResultsCell,
  type ResultsColumn,
  type ResultsRow,
  type ResultsTable,
  type ScoreName,
  type Scores,
  type TrialSpec,
  type TrialStatus,
} from '@capgrid/contracts';
import { describeResults } from './describe-results.js';

export type ResultTrial = {
  id: string;
  assignment: Assignment;
  seed: number;
  spec: TrialSpec;
  status: TrialStatus;
  scores: Scores | null;
  signature: string | null;
  /** Captions scored, one per image. */
  captions: number | null;
  failureCode: string | null;
  /** Of its training and its evaluation, as far as they are done. */
  engines: readonly EngineRecord[];
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

const LABELS: Record<ScoreName, { label: string; group: string }> = {
  bleu1: { label: 'B@1', group: 'BLEU' },
  bleu2: { label: 'B@2', group: 'BLEU' },
  bleu3: { label: 'B@3', group: 'BLEU' },
  bleu4: { label: 'B@4', group: 'BLEU' },
  rougeL: { label: 'ROUGE-L', group: 'Other' },
  ciderD: { label: 'CIDEr-D', group: 'Other' },
};
const COLUMNS: ResultsColumn[] = SCORE_NAMES.map((score) => ({
  score,
  ...LABELS[score],
  decimals: 1,
  isHigherBetter: true,
}));

type Group = { assignment: Assignment; trials: ResultTrial[] };

export function buildResultsTable({ sweep, trials }: ResultsInput): ResultsTable {
  const rows = groupBySeed(trials).map((group) => buildRow(group, sweep.published));
  for (const column of COLUMNS) markBest(rows, column);
  const finished = trials.filter((trial) => trial.status === 'finished');
  const signatures = new Set(finished.flatMap((trial) => trial.signature ?? []));
  return {
    sweepId: sweep.id,
    sweepName: sweep.name,
    caption: describeResults(sweep, trials),
    factors: labelFactors(sweep.factors),
    columns: COLUMNS,
    rows,
    trialsFinished: finished.length,
    trialsFailed: trials.filter((trial) => trial.status === 'failed').length,
    trialsTotal: trials.length,
    signatures: [...signatures].toSorted(),
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

function buildRow({ assignment, trials }: Group, published: readonly PublishedRow[]): ResultsRow {
  const finished = trials.flatMap((trial) =>
    trial.status === 'finished' && trial.scores !== null ? [trial.scores] : [],
  );
  const printed = published.find((row) => trials.some((trial) => agrees(trial.spec, row.match)));
  const scores: Partial<Record<ScoreName, ResultsCell>> = {};
  for (const { score } of COLUMNS) {
    if (finished.length === 0) break;
    const values = finished.map((of) => of[score] * 100);
    const meanTimes100 = mean(values);
    const printedScore = printed?.scores[score];
    scores[score] = {
      meanTimes100,
      stdTimes100: sampleStd(values, meanTimes100),
      isBest: false,
      deltaTimes100: printedScore === undefined ? null : meanTimes100 - printedScore * 100,
    };
  }
  return {
    assignment,
    trialIds: trials.map((trial) => trial.id),
    seedsFinished: finished.length,
    seedsTotal: trials.length,
    scores,
    missing: [...new Set(trials.flatMap(describeMissing))],
    published: printed?.source ?? null,
  };
}

/** The cell as it was run, defaults included, has all the values of the printed row. */
function agrees(spec: TrialSpec, match: Assignment): boolean {
  return Object.entries(match).every(([path, value]) => readPath(spec, trialPath(path)) === value);
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
    case 'extracting':
    case 'training':
    case 'evaluating':
      return ['running'];
  }
}

/** What looks equal in print is equally good; where all rows do, none is best. */
function markBest(rows: readonly ResultsRow[], { score, decimals }: ResultsColumn): void {
  const cells = rows.flatMap((row) => row.scores[score] ?? []);
  const rounded = (cell: ResultsCell): number => Number(cell.meanTimes100.toFixed(decimals));
  if (new Set(cells.map(rounded)).size < 2) return;
  const best = Math.max(...cells.map(rounded));
  for (const cell of cells) cell.isBest = rounded(cell) === best;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleStd(values: readonly number[], average: number): number | null {
  if (values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
