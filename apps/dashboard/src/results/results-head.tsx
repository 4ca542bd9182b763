import type { ResultsRow } from '@capgrid/contracts';
import type { Header, HeaderGroup } from '@tanstack/react-table';
import t from '../table/table.module.css';
import type { ColumnMeta, features } from './columns';
import s from './results.module.css';
import { EmptySlots } from './score-cell';
import { ScoreHeading } from './score-heading';

type Features = typeof features;

export function ResultsHead({ groups }: { groups: HeaderGroup<Features, ResultsRow>[] }) {
  return (
    <thead>
      {groups.map((group, depth) => (
        <tr key={group.id} className={depth < groups.length - 1 ? s.groupRow : undefined}>
          {group.headers.map((header) =>
            depth < groups.length - 1 ? (
              <GroupHeader key={header.id} header={header} />
            ) : (
              <ColumnHeader key={header.id} header={header} />
            ),
          )}
        </tr>
      ))}
    </thead>
  );
}

type HeaderProps = { header: Header<Features, ResultsRow> };

function GroupHeader({ header }: HeaderProps) {
  if (header.isPlaceholder) return <td colSpan={header.colSpan} />;
  return (
    <th scope="colgroup" colSpan={header.colSpan}>
      <span className={s.groupLabel}>{textOf(header)}</span>
    </th>
  );
}

function ColumnHeader({ header }: HeaderProps) {
  const meta: ColumnMeta | undefined = header.column.columnDef.meta;
  const sorted = header.column.getIsSorted();
  const isScore = meta?.kind === 'score';
  const isNumber = isScore || meta?.kind === 'number' || meta?.kind === 'seeds';
  return (
    <th
      scope="col"
      className={`${isNumber ? t.number : ''} ${meta?.kind === 'number' ? t.pinned : ''}`}
      title={meta?.kind === 'factor' ? meta.path : undefined}
      {...(header.column.getCanSort() ? { 'aria-sort': ariaSort(sorted) } : {})}
    >
      <span className={isScore ? s.slots : undefined}>
        {header.column.getCanSort() ? (
          <button type="button" className={s.sort} onClick={() => header.column.toggleSorting()}>
            <ScoreHeading label={textOf(header)} />
            <Arrow sorted={sorted} />
          </button>
        ) : (
          textOf(header)
        )}
        {isScore && <EmptySlots {...meta.slots} />}
      </span>
    </th>
  );
}

/** Headers of this table are plain words. */
function textOf(header: HeaderProps['header']): string {
  const { header: text } = header.column.columnDef;
  return typeof text === 'string' ? text : header.id;
}

function ariaSort(sorted: false | 'asc' | 'desc'): 'none' | 'ascending' | 'descending' {
  if (sorted === false) return 'none';
  return sorted === 'asc' ? 'ascending' : 'descending';
}

function Arrow({ sorted }: { sorted: false | 'asc' | 'desc' }) {
  return (
    <svg viewBox="0 0 8 6" width="8" height="6" aria-hidden="true" className={s.arrow}>
      {sorted !== false && <path d={sorted === 'asc' ? 'M4 0l4 6H0z' : 'M4 6L0 0h8z'} />}
    </svg>
  );
}
