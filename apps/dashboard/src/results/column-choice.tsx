import type { ResultsColumn } from '@capgrid/contracts';
import s from './results.module.css';

type ColumnChoiceProps = {
  columns: ResultsColumn[];
  hidden: string[];
  onChange: (hidden: string[]) => void;
};

export function ColumnChoice({ columns, hidden, onChange }: ColumnChoiceProps) {
  return (
    <details className={s.choice}>
      <summary>Columns{hidden.length > 0 && ` (${hidden.length} hidden)`}</summary>
      <fieldset>
        <legend className="spoken">Columns shown</legend>
        {columns.map(({ score, label }) => (
          <label key={score}>
            <input
              type="checkbox"
              checked={!hidden.includes(score)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? hidden.filter((name) => name !== score)
                    : [...hidden, score],
                )
              }
            />
            {label}
          </label>
        ))}
      </fieldset>
    </details>
  );
}
