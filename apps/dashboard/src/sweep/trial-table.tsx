import type { TrialSummary } from '@capgrid/contracts';
import Link from 'next/link';
import { formatFixed } from '../numbers/format-number';
import { StatusMark } from '../status/status-mark';
import { describeProgress } from '../status/phase-words';
import { FactorHeadings, FactorValues } from '../table/factor-columns';
import { ScrollRegion } from '../table/scroll-region';
import t from '../table/table.module.css';

type TrialTableProps = { trials: TrialSummary[]; factors: string[] };

export function TrialTable({ trials, factors }: TrialTableProps) {
  return (
    <ScrollRegion label="Table of trials" rows={trials.length}>
      <table className={t.table}>
        <caption className="spoken">Trials of the sweep with their status</caption>
        <thead>
          <tr>
            <th scope="col" className={`${t.number} ${t.pinned}`}>
              #
            </th>
            <FactorHeadings factors={factors} />
            <th scope="col" className={t.number}>
              seed
            </th>
            <th scope="col">status</th>
            <th scope="col">reused</th>
            <th scope="col" className={t.number}>
              B@4
            </th>
            <th scope="col" className={t.number}>
              CIDEr-D
            </th>
            <th scope="col">note</th>
          </tr>
        </thead>
        <tbody>
          {trials.map((trial) => (
            <TrialRow key={trial.id} trial={trial} factors={factors} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function TrialRow({ trial, factors }: { trial: TrialSummary; factors: string[] }) {
  return (
    <tr>
      <th scope="row" className={`${t.number} ${t.pinned}`}>
        <Link href={`/trials/${trial.id}`} aria-label={`Trial ${trial.number}`}>
          {trial.number}
        </Link>
      </th>
      <FactorValues factors={factors} assignment={trial.assignment} />
      <td className={t.number}>{trial.seed}</td>
      <td>
        <StatusMark status={trial.status} />
      </td>
      <td className={t.soft}>{reusedWords(trial)}</td>
      <td className={t.number}>{scoreTimes100(trial.scores?.bleu4)}</td>
      <td className={t.number}>{scoreTimes100(trial.scores?.ciderD)}</td>
      <td className={t.soft}>{noteOf(trial)}</td>
    </tr>
  );
}

/** Scores arrive as the metrics give them and are printed times 100. */
function scoreTimes100(score: number | undefined): string {
  return score === undefined ? '–' : formatFixed(score * 100, 1);
}

function reusedWords(trial: TrialSummary): string {
  if (trial.isEvaluationReused) return 'training, scores';
  return trial.isTrainingReused ? 'training' : '';
}

function noteOf(trial: TrialSummary): string {
  if (trial.failure !== null) return trial.failure.code;
  const isUnderWay = ['extracting', 'training', 'evaluating'].includes(trial.status);
  return isUnderWay && trial.progress !== null ? describeProgress(trial.progress) : '';
}
