/**
 * Values of a results table that cannot be compared, as footnotes in the manner of papers: a mark at
 * each such value, and one footnote for all columns whose rows differ in the same way.
 */
import { listWords } from './list-words.js';
import type { ResultsColumn, ResultsRow, ResultsTable } from './results-table.js';
import type { ScoreName } from './scores.js';

export type KindFootnote = {
  /** `a`, `b`, …: each stands at the values of one kind. */
  marks: string[];
  /** One sentence that names columns, marks and differences. */
  text: string;
};

export type KindFootnotes = {
  /** By score, then by index of the row; a value without a mark may be compared with its column. */
  marks: Partial<Record<ScoreName, Readonly<Record<number, string>>>>;
  footnotes: KindFootnote[];
};

/** Rows by kind, and of each kind what the others are not. */
type Difference = { rows: readonly number[]; fields: string }[];
type Alike = { columns: ResultsColumn[]; difference: Difference };

/** @param columns those that are shown; marks are given in their order */
export function findKindFootnotes(
  table: Pick<ResultsTable, 'rows'>,
  columns: readonly ResultsColumn[],
): KindFootnotes {
  const found: KindFootnotes = { marks: {}, footnotes: [] };
  let used = 0;
  const nextMark = (): string => nameMark(used++);
  for (const { columns: alike, difference } of groupAlike(columns, differenceOfRows)) {
    const kinds = difference.map(({ rows, fields }) => ({ rows, fields, mark: nextMark() }));
    for (const { rows, mark } of kinds) setMark(found, alike, rows, mark);
    const marks = kinds.map(({ mark }) => mark);
    found.footnotes.push({
      marks,
      text: `${nameColumns(alike)}: values marked ${listWords(marks)} cannot be compared with each other; ${kinds.map(({ mark, fields }) => `${mark}: ${fields}`).join('; ')}.`,
    });
  }
  const ofSeeds = (column: ResultsColumn): Difference => differenceOfSeeds(column, table.rows);
  for (const { columns: alike, difference } of groupAlike(columns, ofSeeds)) {
    for (const { rows, fields } of difference) {
      const mark = nextMark();
      setMark(found, alike, rows, mark);
      found.footnotes.push({
        marks: [mark],
        text: `${nameColumns(alike)}: values marked ${mark} have no mean, because their seeds cannot be compared: ${fields}.`,
      });
    }
  }
  return found;
}

/** Columns that differ in the same way, together; those that do not differ are left out. */
function groupAlike(
  columns: readonly ResultsColumn[],
  differ: (column: ResultsColumn) => Difference,
): Alike[] {
  const groups = new Map<string, Alike>();
  for (const column of columns) {
    const difference = differ(column);
    if (difference.length === 0) continue;
    const key = JSON.stringify(difference);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { columns: [column], difference });
    else group.columns.push(column);
  }
  return [...groups.values()];
}

function differenceOfRows({ comparable }: ResultsColumn): Difference {
  if (comparable.length < 2) return [];
  const fields = tellApart(comparable.map(({ signature }) => signature));
  return comparable.map(({ rows }, index) => ({ rows, fields: fields[index] ?? '' }));
}

function differenceOfSeeds({ score }: ResultsColumn, rows: readonly ResultsRow[]): Difference {
  const byFields = new Map<string, number[]>();
  for (const [index, row] of rows.entries()) {
    const signatures = row.mixed[score];
    if (signatures === undefined) continue;
    const fields = tellApart(signatures).join('; ');
    byFields.set(fields, [...(byFields.get(fields) ?? []), index]);
  }
  return [...byFields].map(([fields, ofRows]) => ({ rows: ofRows, fields }));
}

function setMark(
  { marks }: KindFootnotes,
  columns: readonly ResultsColumn[],
  rows: readonly number[],
  mark: string,
): void {
  for (const { score } of columns) {
    marks[score] = { ...marks[score], ...Object.fromEntries(rows.map((row) => [row, mark])) };
  }
}

/** Of each signature the fields that not all have; the whole where it has no other. */
function tellApart(signatures: readonly string[]): string[] {
  const split = signatures.map((signature) => signature.split('|'));
  return split.map((fields, index) => {
    const own = fields.filter((field) => split.some((other) => !other.includes(field)));
    return own.length === 0 ? (signatures[index] ?? '') : own.join(', ');
  });
}

function nameColumns(columns: readonly ResultsColumn[]): string {
  return listWords(columns.map(({ label }) => label));
}

/** `a` to `z`, then `aa`. */
function nameMark(index: number): string {
  const letter = String.fromCodePoint(97 + (index % 26));
  return index < 26 ? letter : nameMark(Math.floor(index / 26) - 1) + letter;
}
