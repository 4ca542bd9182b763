/** All that the shown scores depend on besides the captions, closed until a reader asks. */
import type { KindFootnotes, ResultsColumn, ResultsTable } from '@capgrid/contracts';
import s from './results.module.css';

type SignatureListProps = { table: ResultsTable; columns: ResultsColumn[]; kinds: KindFootnotes };

export function SignatureList({ table, columns, kinds }: SignatureListProps) {
  const signed = columns.flatMap((column) => {
    const signatures = signaturesOf(column, table, kinds);
    return signatures.length === 0 ? [] : [{ column, signatures }];
  });
  if (signed.length === 0) return null;
  return (
    <details className={s.signatures}>
      <summary>Signatures of the scores</summary>
      <dl>
        {signed.map(({ column, signatures }) => (
          <div key={column.score}>
            <dt>{column.label}</dt>
            {signatures.map(({ mark, signature }) => (
              <dd key={`${mark} ${signature}`}>
                {mark !== null && <sup>{mark}</sup>} <code>{signature}</code>
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </details>
  );
}

function signaturesOf(
  { score, comparable }: ResultsColumn,
  { rows }: ResultsTable,
  { marks }: KindFootnotes,
): { mark: string | null; signature: string }[] {
  const markOf = (row: number | undefined) => marks[score]?.[row ?? -1] ?? null;
  const ofSeeds = rows.flatMap(({ mixed }, row) =>
    (mixed[score] ?? []).map((signature) => ({ mark: markOf(row), signature })),
  );
  return [
    ...comparable.map(({ signature, rows: [first] }) => ({ mark: markOf(first), signature })),
    ...ofSeeds.filter(
      ({ mark, signature }, index) =>
        ofSeeds.findIndex((one) => one.mark === mark && one.signature === signature) === index,
    ),
  ];
}
