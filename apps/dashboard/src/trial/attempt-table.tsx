import type { Attempt, Trial } from '@capgrid/contracts';
import { formatDuration } from '../numbers/format-time';
import { Instant } from '../numbers/instant';
import { StatusMark } from '../status/status-mark';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import { nameTraining } from './name-training';
import s from './trial.module.css';
import { whyNoAttempts } from './why-missing';

export function AttemptTable({ trial }: { trial: Trial }) {
  const { attempts, trainings, status } = trial;
  if (attempts.length === 0) {
    return <p className={s.soft}>{whyNoAttempts(status)}</p>;
  }
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
              <th scope="row" className={t.nowrap}>
                {describeTask(attempt, trainings)}
              </th>
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

/** `training, seed 2`: of several trainings also which one. */
function describeTask({ kind, taskId }: Attempt, trainings: Trial['trainings']): string {
  const training = trainings.find((one) => one.taskId === taskId);
  const name = training === undefined ? '' : nameTraining(training, trainings);
  return name === '' ? kind : `${kind}, ${name}`;
}

function tookWords({ startedAt, endedAt }: Attempt): string {
  if (endedAt === null) return '–';
  return formatDuration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}
