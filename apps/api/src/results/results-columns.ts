/** The columns of a results table: headings, which of their rows may be compared, the best of each. */
import {
  labelScore,
  SCORE_NAMES,
  SCORE_PRINT,
  type ComparableRows,
  type ResultsCell,
  type ResultsColumn,
  type ResultsRow,
  type ScoreName,
} from '@capgrid/contracts';
import { METRICS } from '@capgrid/metrics';

/** What an empty table shows; whether there will be a SPICE is not known yet. */
const USUAL = SCORE_NAMES.filter((score) => SCORE_PRINT[score].isPrimary && score !== 'spice');

/** Of the scores that some row has, in the order of their names. */
export function buildColumns(rows: readonly ResultsRow[], withheld: Withheld): ResultsColumn[] {
  const measured = SCORE_NAMES.filter((score) =>
    rows.some((row) => row.scores[score] !== undefined || row.mixed[score] !== undefined),
  );
  return (measured.length === 0 ? USUAL : measured).map((score) =>
    buildColumn(score, rows, withheld.get(score) ?? []),
  );
}

/** Labels of scores beside which a published value stands that means something else. */
export type Withheld = ReadonlyMap<ScoreName, readonly string[]>;

function buildColumn(
  score: ScoreName,
  rows: readonly ResultsRow[],
  withheld: readonly string[],
): ResultsColumn {
  const comparable = groupBySignature(score, rows);
  const labels = new Set(comparable.map((group) => group.label));
  const [label] = labels;
  const print = SCORE_PRINT[score];
  const heading = labels.size === 1 && label !== undefined ? label : print.label;
  return {
    score,
    ...print,
    label: heading,
    isHigherBetter: METRICS[score].higherIsBetter,
    comparable,
    note: describeWithheld(score, withheld),
  };
}

function groupBySignature(score: ScoreName, rows: readonly ResultsRow[]): ComparableRows[] {
  const groups = new Map<string, ComparableRows>();
  for (const [index, row] of rows.entries()) {
    const cell = row.scores[score];
    if (cell === undefined) continue;
    const { signature } = cell;
    const group = groups.get(signature) ?? {
      signature,
      label: labelScore(score, signature),
      rows: [],
    };
    group.rows.push(index);
    groups.set(signature, group);
  }
  return [...groups.values()];
}

function describeWithheld(score: ScoreName, labels: readonly string[]): string | null {
  if (labels.length === 0) return null;
  return `${labels.join(' and ')} is not the published ${SCORE_PRINT[score].label}, so no difference is shown.`;
}

/**
 * What looks equal in print is equally good; where all rows do, none is best. Nothing is best among
 * scores that cannot be compared, or of which neither more nor less is better.
 */
export function markBest(rows: readonly ResultsRow[], column: ResultsColumn): void {
  const { score, decimals, isHigherBetter, comparable } = column;
  if (isHigherBetter === null || comparable.length > 1) return;
  const cells = rows.flatMap((row) => row.scores[score] ?? []);
  const rounded = (cell: ResultsCell): number => Number(cell.mean.toFixed(decimals));
  const values = cells.map(rounded);
  if (new Set(values).size < 2) return;
  const best = isHigherBetter ? Math.max(...values) : Math.min(...values);
  for (const cell of cells) cell.isBest = rounded(cell) === best;
}
