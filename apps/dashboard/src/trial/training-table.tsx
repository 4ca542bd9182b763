/** The trainings that a trial rests on, where it has several: what each gave, and which one is shown. */
import { type PredictionsQuery, toPrintUnit, type Trial } from '@capgrid/contracts';
import Link from 'next/link';
import { formatCount, formatFixed, formatMeasure } from '../numbers/format-number';
import { formatDuration } from '../numbers/format-time';
import { StatusMark } from '../status/status-mark';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';
import { trialHref } from './caption-search';
import { nameTraining, seedsOf } from './name-training';
import s from './trial.module.css';

type TrainingTableProps = {
  trial: Trial;
  /** Of the one whose facts and curves are shown. */
  shownId: string;
  query: PredictionsQuery;
};

export function TrainingTable({ trial, shownId, query }: TrainingTableProps) {
  const { id: trialId, trainings } = trial;
  const hasCiderD = trainings.some(({ bestCiderD }) => bestCiderD !== null);
  return (
    <section aria-labelledby="trainings" className={s.trainings}>
      <h2 id="trainings">Trainings</h2>
      <p className={s.soft}>{describeTrainings(trial)} Choose one to see its facts and curves.</p>
      <ScrollRegion label="Table of trainings" rows={trainings.length}>
        <table className={t.table}>
          <caption className="spoken">Trainings that this trial rests on</caption>
          <thead>
            <tr>
              <th scope="col">Training</th>
              <th scope="col">Status</th>
              <th scope="col" className={t.number}>
                Best step
              </th>
              <th scope="col" className={t.number}>
                Validation perplexity
              </th>
              {hasCiderD && (
                <th scope="col" className={t.number}>
                  Validation CIDEr-D, times 100
                </th>
              )}
              <th scope="col" className={t.number}>
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {trainings.map((training) => (
              <tr key={training.id}>
                <th scope="row">
                  <Link
                    href={trialHref(trialId, query, {
                      trainingId: training.id === trial.trainingId ? null : training.id,
                    })}
                    scroll={false}
                    aria-current={training.id === shownId ? 'true' : undefined}
                    className={training.id === shownId ? s.shown : undefined}
                  >
                    {nameTraining(training, trainings)}
                  </Link>
                  {training.id === shownId && <span className={s.soft}> (shown)</span>}
                </th>
                <td>
                  <StatusMark status={training.status} />
                </td>
                <td className={t.number}>{show(training.bestStep, formatCount)}</td>
                <td className={t.number}>{show(training.bestPerplexity, formatMeasure)}</td>
                {hasCiderD && (
                  <td className={t.number}>
                    {show(training.bestCiderD, (value) =>
                      formatFixed(toPrintUnit('ciderD', value), 1),
                    )}
                  </td>
                )}
                <td className={`${t.number} ${t.nowrap}`}>
                  {show(training.durationMs, (ms) => formatDuration(ms / 1000))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

function describeTrainings({ trainings }: Trial): string {
  const seeds = seedsOf(trainings);
  const between = seeds.length === 2 ? 'and' : 'to';
  const written =
    seeds.length === 1
      ? ''
      : `An ensemble of ${seeds.length} models writes the captions, trained with the seeds ${seeds[0]} ${between} ${seeds.at(-1)}. `;
  const rewarded = trainings.some(({ isSelfCritical }) => isSelfCritical)
    ? 'A self-critical training starts from the weights that the training by cross-entropy gave.'
    : '';
  return `${written}${rewarded}`.trim();
}

function show(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}
