/** Which published row stands beside a cell of a sweep. */
import {
  readPath,
  trialPath,
  type Assignment,
  type PublishedRow,
  type TrialSpec,
} from '@capgrid/contracts';

/**
 * Of the rows that agree with the cell and are of the sweep's dataset, the one that names most
 * options; the first of equals. Where none is of that dataset, rows of one other dataset will do; of
 * several others nothing says which is meant.
 *
 * @param specs of the cell, one for each seed
 */
export function findPublished(
  published: readonly PublishedRow[],
  specs: readonly TrialSpec[],
  dataset: string,
): PublishedRow | undefined {
  const agreeing = published.filter(({ match }) => specs.some((spec) => agrees(spec, match)));
  const own = agreeing.filter((row) => isOf(dataset, row));
  if (own.length > 0) return closest(own);
  const datasets = new Set(agreeing.map(({ table }) => table?.dataset));
  return datasets.size > 1 ? undefined : closest(agreeing);
}

/** The cell as it was run, defaults included, has all the values of the printed row. */
function agrees(spec: TrialSpec, match: Assignment | null): boolean {
  if (match === null) return false;
  return Object.entries(match).every(([path, value]) => readPath(spec, trialPath(path)) === value);
}

/** `coco-2014` is of `coco`; a row that names no dataset is of any. */
function isOf(dataset: string, { table }: PublishedRow): boolean {
  const named = table?.dataset;
  return named === undefined || named === dataset || dataset.split(/[._-]/).includes(named);
}

function closest(rows: readonly PublishedRow[]): PublishedRow | undefined {
  const told = ({ match }: PublishedRow): number => Object.keys(match ?? {}).length;
  return rows.toSorted((a, b) => told(b) - told(a))[0];
}
