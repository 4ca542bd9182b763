/** The scores of a trial: what a paper prints, and below it what else was measured. */
import {
  labelScore,
  type MeasuredScore,
  type MeasuredScores,
  SCORE_NAMES,
  SCORE_PRINT,
  type ScoreName,
  toPrintUnit,
} from '@capgrid/contracts';
import { formatFixed, formatInterval } from '../numbers/format-number';
import s from './trial.module.css';

export function ScoreStrip({ scores }: { scores: MeasuredScores }) {
  const measured = SCORE_NAMES.flatMap((name) => {
    const score = scores[name];
    return score === undefined ? [] : [{ name, score }];
  });
  const others = measured.filter(({ name }) => !SCORE_PRINT[name].isPrimary);
  const hasIntervals = measured.some(({ score }) => score.interval !== null);
  return (
    <section aria-label="Scores" className={s.strip}>
      <dl className={s.scores}>
        {measured
          .filter(({ name }) => SCORE_PRINT[name].isPrimary)
          .map(({ name, score }) => (
            <ScoreItem key={name} name={name} score={score} />
          ))}
      </dl>
      {others.length > 0 && (
        <dl className={`${s.scores} ${s.lesser}`}>
          {others.map(({ name, score }) => (
            <ScoreItem key={name} name={name} score={score} />
          ))}
        </dl>
      )}
      <p className={s.units}>
        Quality and shares times 100{hasIntervals && '; in brackets: 95% interval over the images'}.
      </p>
    </section>
  );
}

function ScoreItem({ name, score }: { name: ScoreName; score: MeasuredScore }) {
  const { decimals } = SCORE_PRINT[name];
  const { value, signature, interval } = score;
  return (
    <div>
      <dt>{labelScore(name, signature)}</dt>
      <dd>
        {formatFixed(toPrintUnit(name, value), decimals)}
        {interval !== null && (
          <small>
            {formatInterval(
              { low: toPrintUnit(name, interval.low), high: toPrintUnit(name, interval.high) },
              decimals,
            )}
          </small>
        )}
      </dd>
    </div>
  );
}
