/** What is worth knowing of a training and an evaluation; what is not measured yet is left out. */
import {
  describeDecoding,
  type EngineRecord,
  type MeasuredScores,
  toPrintUnit,
  type Training,
  type Trial,
} from '@capgrid/contracts';
import { countOf, formatCount, formatFixed, formatMeasure } from '../numbers/format-number';
import { formatDuration } from '../numbers/format-time';
import { StatusMark } from '../status/status-mark';
import type { FactItem } from './fact-list';
import { seedsOf } from './name-training';
import s from './trial.module.css';

const STOP_WORDS: Record<NonNullable<Training['stopReason']>, string> = {
  'max-epochs': 'all epochs done',
  'max-steps': 'all steps done',
  'early-stop': 'no improvement any more',
};

/**
 * @param averaged checkpoints whose mean the weights are; 1: they are those of the best
 */
export function trainingFacts(trial: Trial, training: Training, averaged: number): FactItem[] {
  const { trainingId, trainings, isTrainingReused } = trial;
  const isEarlier = isTrainingReused && training.id === trainingId;
  const seeds = seedsOf(trainings);
  const isMean = averaged > 1;
  return [
    { label: 'Status', value: <StatusMark status={training.status} /> },
    ...(seeds.length > 1
      ? [
          {
            label: 'Model',
            value: `${seeds.indexOf(training.seed) + 1} of ${seeds.length} of the ensemble, seed ${training.seed}`,
          },
        ]
      : []),
    {
      label: 'Used by',
      value: `${countOf(training.trials, 'trial')}${isEarlier ? ', finished before this sweep' : ''}`,
    },
    ...fact('Engine', training.engine, describeEngine),
    ...fact(
      'Also computed on',
      training.earlierEngines.map(describeEngine).join('; ') || null,
      (text) => text,
    ),
    ...fact('Parameters', training.parameters, formatCount),
    ...fact('Vocabulary', training.vocabularySize, (size) => countOf(size, 'word')),
    ...fact(
      'Pretrained vectors',
      training.vectorCoverage,
      (share) => `of ${formatFixed(100 * share, 1)} % of the words of the training captions`,
    ),
    ...(isMean && training.bestStep !== null
      ? [{ label: 'Weights', value: `mean of the ${averaged} best checkpoints` }]
      : []),
    ...fact(isMean ? 'Best checkpoint' : 'Best step', training.bestStep, (step) =>
      [
        ...(isMean ? ['step'] : []),
        formatCount(step),
        ...(training.steps === null ? [] : [`of ${formatCount(training.steps)}`]),
      ].join(' '),
    ),
    ...fact('Epochs', training.epochs, (epochs) => String(Math.round(epochs * 10) / 10)),
    ...fact(
      'Validation CIDEr-D',
      training.bestCiderD,
      (value) =>
        `${formatFixed(toPrintUnit('ciderD', value), 1)}, of greedy captions${isMean ? ' of the mean' : ''}, times 100`,
    ),
    ...fact(
      'Validation perplexity',
      training.bestPerplexity,
      (value) => `${formatMeasure(value)}${isMean ? ', of the mean' : ''}`,
    ),
    ...fact('Ended by', training.stopReason, (reason) => STOP_WORDS[reason]),
    ...fact('Duration', training.durationMs, (ms) => formatDuration(ms / 1000)),
  ];
}

export function evaluationFacts({ evaluation, spec, isEvaluationReused }: Trial): FactItem[] {
  const isWritten = spec.training.model.decoder !== 'retrieval';
  return [
    { label: 'Status', value: <StatusMark status={evaluation.status} /> },
    { label: 'Split', value: spec.decode.split },
    {
      label: 'Decoding',
      value: isWritten ? describeDecoding([spec.decode]) : 'captions looked up',
    },
    ...(isEvaluationReused ? [{ label: 'Scores', value: 'from an earlier sweep' }] : []),
    ...fact('Captions', evaluation.captions, formatCount),
    ...fact('Engine', evaluation.engine, describeEngine),
    ...fact('Duration', evaluation.durationMs, (ms) => formatDuration(ms / 1000)),
    ...fact('Scored with', evaluation.scores, describeSignatures),
  ];
}

function fact<T>(
  label: string,
  value: T | null,
  show: (value: T) => FactItem['value'],
): FactItem[] {
  return value === null ? [] : [{ label, value: show(value) }];
}

/** Of each score: what it depends on besides the captions. Closed, for they are many and long. */
function describeSignatures(scores: MeasuredScores): FactItem['value'] {
  const signatures = [...new Set(Object.values(scores).map(({ signature }) => signature))];
  return (
    <details>
      <summary>{countOf(signatures.length, 'signature')}</summary>
      <ul className={s.signatures}>
        {signatures.map((signature) => (
          <li key={signature}>
            <code>{signature}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

function describeEngine({ name, version, device, threads, blas }: EngineRecord): string {
  const library = blas === null ? [] : [blas];
  const engine = version.startsWith(name) ? version : `${name} ${version}`;
  return [engine, device, ...library, countOf(threads, 'thread')].join(', ');
}
