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

/** Rows of one column by kind, and of each kind what tells it from the others. */
type Difference = { rows: readonly number[]; fields: string }[];
type Differing = { column: ResultsColumn; difference: Difference };

/** @param columns those that are shown; marks are given in their order */
export function findKindFootnotes(
  table: Pick<ResultsTable, 'rows'>,
  columns: readonly ResultsColumn[],
): KindFootnotes {
  const found: KindFootnotes = { marks: {}, footnotes: [] };
  let used = 0;
  const markAll = (alike: readonly Differing[]): Map<string, string> => {
    const marks = new Map<string, string>();
    for (const { column, difference } of alike) {
      for (const { rows, fields } of difference) {
        const mark = marks.get(fields) ?? nameMark(used++);
        marks.set(fields, mark);
        const ofRows = Object.fromEntries(rows.map((row) => [row, mark]));
        found.marks[column.score] = { ...found.marks[column.score], ...ofRows };
      }
    }
    return marks;
  };
  for (const alike of groupAlike(columns, differenceOfRows)) {
    const kinds = [...markAll(alike)];
    const marks = kinds.map(([, mark]) => mark);
    const differences = kinds.map(([fields, mark]) => `${mark}: ${fields}`).join('; ');
    found.footnotes.push({
      marks,
      text: `${nameColumns(alike)}: values marked ${listWords(marks)} cannot be compared with each other; ${differences}.`,
    });
  }
  for (const alike of groupAlike(columns, (column) => differenceOfSeeds(column, table.rows))) {
    for (const [fields, mark] of markAll(alike)) {
      found.footnotes.push({
        marks: [mark],
        text: `${nameColumns(alike)}: values marked ${mark} have no mean, because their seeds cannot be compared: ${fields}.`,
      });
    }
  }
  return found;
}

/** Columns whose kinds differ in the same fields, together; those of one kind are left out. */
function groupAlike(
  columns: readonly ResultsColumn[],
  differ: (column: ResultsColumn) => Difference,
): Differing[][] {
  const groups = new Map<string, Differing[]>();
  for (const column of columns) {
    const difference = differ(column);
    if (difference.length === 0) continue;
    const key = JSON.stringify(difference.map(({ fields }) => fields).toSorted());
    groups.set(key, [...(groups.get(key) ?? []), { column, difference }]);
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

/** Of each signature the fields that not all have; the whole where it has no other. */
function tellApart(signatures: readonly string[]): string[] {
  const split = signatures.map((signature) => signature.split('|'));
  return split.map((fields, index) => {
    const own = fields.filter((field) => split.some((other) => !other.includes(field)));
    return own.length === 0 ? (signatures[index] ?? '') : own.join(', ');
  });
}

function nameColumns(alike: readonly Differing[]): string {
  return listWords(alike.map(({ column }) => column.label));
}

/** `a` to `z`, then `aa`. */
function nameMark(index: number): string {
  const letter = String.fromCodePoint(97 + (index % 26));
  return index < 26 ? letter : nameMark(Math.floor(index / 26) - 1) + letter;
}
