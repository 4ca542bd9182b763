import type { ResultsColumn } from '@capgrid/contracts';
import s from './results.module.css';
import { isColumnShown, type ResultsView, setColumnsShown } from './view-state';

type ColumnChoiceProps = {
  columns: ResultsColumn[];
  view: ResultsView;
  onChange: (view: ResultsView) => void;
};

export function ColumnChoice({ columns, view, onChange }: ColumnChoiceProps) {
  const groups = [...new Set(columns.map(({ group }) => group))];
  // Of those that a paper prints; the others are not missed.
  const hidden = columns.filter(
    (column) => column.isPrimary && !isColumnShown(column, view),
  ).length;
  return (
    <details className={s.choice}>
      <summary>Columns{hidden > 0 && ` (${hidden} hidden)`}</summary>
      <div className={s.panel}>
        {groups.map((group) => (
          <fieldset key={group}>
            <legend>{group}</legend>
            {columns
              .filter((column) => column.group === group)
              .map((column) => (
                <ColumnBox
                  key={column.score}
                  label={column.label}
                  columns={[column]}
                  view={view}
                  onChange={onChange}
                />
              ))}
          </fieldset>
        ))}
      </div>
    </details>
  );
}

type ColumnBoxProps = ColumnChoiceProps & { label: string };

/** One box for one column or for several; between the two where only some are shown. */
export function ColumnBox({ label, columns, view, onChange }: ColumnBoxProps) {
  const shown = columns.filter((column) => isColumnShown(column, view)).length;
  const isChecked = shown === columns.length;
  return (
    <label>
      <input
        type="checkbox"
        checked={isChecked}
        ref={(input) => {
          if (input !== null) input.indeterminate = shown > 0 && !isChecked;
        }}
        onChange={(event) => onChange(setColumnsShown(view, columns, event.target.checked))}
      />
      {label}
    </label>
  );
}
