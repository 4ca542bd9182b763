import type { Attempt } from '@capgrid/contracts';
import { formatDuration } from '../numbers/format-time';
import { Instant } from '../numbers/instant';
import { StatusMark } from '../status/status-mark';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import s from './trial.module.css';

export function AttemptTable({ attempts }: { attempts: Attempt[] }) {
  if (attempts.length === 0)
    return <p className={s.soft}>None yet; the trial waits for a trainer.</p>;
  return (
    <ScrollRegion label="Table of attempts" rows={attempts.length}>
      <table className={t.table}>
        <caption className="spoken">Attempts at the tasks of this trial</caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col" className={t.number}>
              Attempt
            </th>
            <th scope="col">Status</th>
            <th scope="col">Trainer</th>
            <th scope="col">Started (UTC)</th>
            <th scope="col" className={t.number}>
              Took
            </th>
            <th scope="col">Failure</th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((attempt) => (
            <tr key={attempt.id}>
              <th scope="row">{attempt.kind}</th>
              <td className={t.number}>{attempt.number}</td>
              <td>
                <StatusMark status={attempt.status} />
              </td>
              <td className={t.soft}>{attempt.trainer}</td>
              <td className={`${t.soft} ${t.nowrap}`}>
                <Instant at={attempt.startedAt} />
              </td>
              <td className={`${t.number} ${t.nowrap}`}>{tookWords(attempt)}</td>
              <td className={s.failure}>
                {attempt.failure !== null && (
                  <>
                    <code>{attempt.failure.code}</code> {attempt.failure.message}
                    {!attempt.failure.isRetryable && ' (would fail again)'}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function tookWords({ startedAt, endedAt }: Attempt): string {
  if (endedAt === null) return '–';
  return formatDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}
