/** A sweep in any state, built from a real spec: what the API would tell of it. */
import {
  expandSweep,
  labelScore,
  type MeasuredScores,
  parseSweep,
  type Prediction,
  type ResultsCell,
  type ResultsRow,
  type ResultsTable,
  SCORE_PRINT,
  type ScoreName,
  type Scores,
  type Sweep,
  type SweepProgress,
  type Trial,
  type TrialStatus,
  type TrialSummary,
} from '@capgrid/contracts';

export type FixtureSweep = {
  id: string;
  text: string;
  /** Status by trial number; finished where not named. */
  statuses: Map<number, TrialStatus>;
  /** Published BLEU-4 and CIDEr-D, times 100, laid beside every row of the best attention. */
  hasPublished: boolean;
  launchedAt: string;
};

const DIGEST = 'ab'.repeat(32);
const ENGINE = {
  name: 'libtorch',
  version: 'libtorch 1.13.0',
  device: 'cpu',
  threads: 2,
  blas: 'OpenBLAS 0.3.21',
};
const SHOWN = ['bleu1', 'bleu2', 'bleu3', 'bleu4', 'meteor', 'rougeL', 'ciderD'] as const;

function signatureOf(score: ScoreName): string {
  const label = score === 'meteor' ? 'METEOR (exact, stem, synonym)' : SCORE_PRINT[score].label;
  return `${label}|v:1.0.0|tok:ptb-3.4.1|ctx:next-caption|refs:5|images:200-1a2b3c4d5e6f`;
}

function specOf(sweep: FixtureSweep) {
  const parsed = parseSweep(sweep.text);
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.issues));
  return parsed.spec;
}

export function sweepOf(sweep: FixtureSweep): Sweep {
  const spec = specOf(sweep);
  const { factors, dropped } = expandSweep(spec);
  return {
    id: sweep.id,
    name: spec.name,
    dataset: spec.dataset,
    createdAt: sweep.launchedAt,
    finishedAt: null,
    progress: progressOf(sweep),
    spec,
    factors,
    dropped,
  };
}

export function progressOf(sweep: FixtureSweep): SweepProgress {
  const trials = trialsOf(sweep);
  const count = (...statuses: TrialStatus[]) =>
    trials.filter(({ status }) => statuses.includes(status)).length;
  const running = trials.filter(({ progress }) => progress !== null);
  const isOver = count('finished', 'failed', 'cancelled') === trials.length;
  const failed = count('failed');
  return {
    status: isOver ? (failed > 0 ? 'finished-with-failures' : 'finished') : 'running',
    trials: {
      total: trials.length,
      queued: count('queued'),
      running: running.length,
      finished: count('finished'),
      failed,
      cancelled: count('cancelled'),
    },
    trainings: { total: 8, finished: Math.floor(count('finished') / 3), reused: 1 },
    secondsLeft: isOver ? null : 260,
    running: running.map((trial) => ({
      taskId: `tsk_${trial.number}`,
      kind: 'training',
      label: Object.values(trial.assignment).join(', '),
      progress: trial.progress,
    })),
  };
}

export function trialsOf(sweep: FixtureSweep): TrialSummary[] {
  return expandSweep(specOf(sweep)).cells.map((cell, index) => {
    const number = index + 1;
    const status = sweep.statuses.get(number) ?? 'finished';
    return {
      id: `${sweep.id}-${number}`,
      sweepId: sweep.id,
      number,
      assignment: cell.assignment,
      seed: cell.seed,
      status,
      trainingId: `trn_${Math.ceil(number / 3)}`,
      evaluationId: `evl_${number}`,
      isTrainingReused: number <= 3,
      isEvaluationReused: number === 1,
      scores: status === 'finished' ? scoresOf(number, cell.seed) : null,
      failure:
        status === 'failed'
          ? {
              code: 'loss-not-finite',
              message: 'the loss was NaN at step 1840; lower optimizer.learningRate',
              isRetryable: false,
              step: 1840,
            }
          : null,
      progress:
        status === 'training'
          ? { phase: 'train', done: 412, total: 1128, loss: 0.4312, secondsLeft: 41 }
          : null,
    };
  });
}

/** Scores that grow with the number of the trial, with a little seed noise; fixed for ever. */
function scoresOf(number: number, seed: number): Scores {
  const lift = number * 0.006 + Math.sin(number * 12.9898 + seed) * 0.004;
  return {
    bleu1: 0.71 + lift,
    bleu2: 0.62 + lift,
    bleu3: 0.545 + lift,
    bleu4: 0.472 + lift,
    meteor: 0.31 + lift / 2,
    rougeL: 0.66 + lift / 2,
    ciderD: 1.61 + lift * 5,
  };
}

export function resultsOf(sweep: FixtureSweep): ResultsTable {
  const spec = specOf(sweep);
  const { factors } = expandSweep(spec);
  const trials = trialsOf(sweep);
  const rows = groupBySeeds(trials).map((group) => rowOf(group));
  const progress = progressOf(sweep);
  for (const score of SHOWN) markBest(rows, score);
  if (sweep.hasPublished) layPublished(rows);
  return {
    sweepId: sweep.id,
    sweepName: spec.name,
    caption: `Dataset ${spec.dataset}, test split, 200 images with 5 references, beam as in the rows, per_step normalisation; scores times 100, ${spec.seeds.length === 1 ? 'seed 1' : `mean of seeds ${spec.seeds.join(', ')}`}. Signature: v:1.0.0|tok:ptb-3.4.1|ctx:next-caption|refs:5|images:200-1a2b3c4d5e6f.`,
    factors: factors.map((path) => ({
      path,
      label:
        path.split('.').slice(-1)[0] === 'kind' ? 'attention' : path.split('.').slice(1).join('.'),
    })),
    columns: SHOWN.map((score) => ({
      score,
      ...SCORE_PRINT[score],
      label: labelScore(score, signatureOf(score)),
      isHigherBetter: true,
      comparable: [],
      note: null,
    })),
    rows,
    trialsFinished: progress.trials.finished,
    trialsFailed: progress.trials.failed,
    trialsTotal: progress.trials.total,
  };
}

function groupBySeeds(trials: TrialSummary[]): TrialSummary[][] {
  const groups = new Map<string, TrialSummary[]>();
  for (const trial of trials) {
    const key = JSON.stringify(trial.assignment);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()];
}

function rowOf(trials: TrialSummary[]): ResultsRow {
  const finished = trials.flatMap(({ scores }) => scores ?? []);
  const missing = trials.flatMap(({ status, failure }) =>
    status === 'finished' ? [] : [failure?.code ?? (status === 'queued' ? 'queued' : 'running')],
  );
  return {
    assignment: trials[0]?.assignment ?? {},
    trialIds: trials.map(({ id }) => id),
    seedsFinished: finished.length,
    seedsTotal: trials.length,
    scores:
      finished.length === 0
        ? {}
        : Object.fromEntries(
            SHOWN.map((name) => [
              name,
              cellOf(
                name,
                finished.map((scores) => (scores[name] ?? 0) * 100),
              ),
            ]),
          ),
    mixed: {},
    missing: [...new Set(missing)],
    published: null,
  };
}

function cellOf(score: ScoreName, values: number[]): ResultsCell {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    std: values.length < 2 ? null : Math.sqrt(squares / (values.length - 1)),
    interval: null,
    isBest: false,
    delta: null,
    signature: signatureOf(score),
  };
}

function markBest(rows: ResultsRow[], score: ScoreName): void {
  const cells = rows.flatMap((row) => row.scores[score] ?? []);
  const best = Math.max(...cells.map((cell) => Number(cell.mean.toFixed(1))));
  for (const cell of cells) cell.isBest = Number(cell.mean.toFixed(1)) === best;
}

function layPublished(rows: ResultsRow[]): void {
  rows.forEach((row, index) => {
    if (index % 3 === 0) return;
    row.published = 'Bazzani et al. 2018, Table 2';
    const { bleu4, ciderD } = row.scores;
    if (bleu4 !== undefined) bleu4.delta = index % 2 === 0 ? 0.31 : -1.24;
    if (ciderD !== undefined) ciderD.delta = index % 2 === 0 ? -12.4 : 2.2;
  });
}

export function trialOf(sweep: FixtureSweep, number: number): Trial | null {
  const summary = trialsOf(sweep)[number - 1];
  const cell = expandSweep(specOf(sweep)).cells[number - 1];
  if (summary === undefined || cell === undefined) return null;
  const isFinished = summary.status === 'finished';
  return {
    ...summary,
    sweepName: specOf(sweep).name,
    spec: cell.spec,
    training: {
      id: summary.trainingId,
      key: DIGEST,
      status: isFinished ? 'finished' : summary.status === 'failed' ? 'failed' : 'running',
      vocabularySize: isFinished ? 61 : null,
      parameters: isFinished ? 214_845 : null,
      bestStep: isFinished ? 1034 : null,
      steps: isFinished ? 1128 : null,
      epochs: isFinished ? 6 : null,
      bestPerplexity: isFinished ? 2.613 : null,
      stopReason: isFinished ? 'max-epochs' : null,
      engine: isFinished ? ENGINE : null,
      durationMs: isFinished ? 84_211 : null,
      weightsSha256: isFinished ? DIGEST : null,
      trials: 3,
    },
    evaluation: {
      id: summary.evaluationId,
      key: DIGEST,
      status: isFinished ? 'finished' : 'waiting',
      scores: summary.scores === null ? null : measuredOf(summary.scores),
      scoring: { version: 1, meteorParaphrasesSha256: null, spiceJarSha256: null },
      captions: isFinished ? 60 : null,
      engine: isFinished ? ENGINE : null,
      durationMs: isFinished ? 2_940 : null,
      predictionsSha256: isFinished ? DIGEST : null,
    },
    attempts: [
      {
        id: 'att_1',
        taskId: 'tsk_1',
        kind: 'training',
        number: 1,
        status: summary.status === 'failed' ? 'failed' : 'lost',
        trainer: 'trainer-1@host',
        startedAt: sweep.launchedAt,
        endedAt: sweep.launchedAt.replace(':00.000Z', ':37.000Z'),
        failure: summary.failure ?? {
          code: 'lease-expired',
          message: 'no heartbeat for 30 s; the trainer was killed or cut off',
          isRetryable: true,
          step: 300,
        },
      },
    ],
  };
}

function measuredOf(scores: Scores): MeasuredScores {
  return Object.fromEntries(
    SHOWN.map((name) => [
      name,
      { value: scores[name] ?? 0, signature: signatureOf(name), interval: null },
    ]),
  );
}

const COLOURS = ['red', 'blue', 'green', 'yellow', 'purple'];
const SHAPES = ['circle', 'square', 'triangle'];

/** Sixty scenes; in every fifth the caption has a wrong count, in every seventh a wrong colour. */
export function predictionsOf(): Prediction[] {
  return Array.from({ length: 60 }, (_, index) => {
    const colour = COLOURS[index % 5] ?? 'red';
    const shape = SHAPES[index % 3] ?? 'circle';
    const count = index % 5 === 0 ? 'three' : 'two';
    const said = index % 7 === 0 ? (COLOURS[(index + 1) % 5] ?? 'red') : colour;
    const isRight = count === 'two' && said === colour;
    return {
      imageId: String(1000 + index),
      imageSha256: index.toString(16).padStart(64, '0'),
      fileName: `scene-${1000 + index}.jpg`,
      caption: `${count} small ${said} ${shape}s above a large gray square`,
      references: [
        `two small ${colour} ${shape}s above a large gray square`,
        `there are two ${colour} ${shape}s and below them a gray square`,
        `a large gray square lies below two small ${shape}s`,
        `two ${shape}s in ${colour} over a big square`,
        `small ${colour} ${shape}s, two of them, above a square`,
      ],
      logProb: -3.2,
      isFinished: true,
      scores: {
        bleu4: isRight ? 1 : 0.41 + index / 1000,
        meteor: isRight ? 1 : 0.37,
        rougeL: isRight ? 1 : 0.8,
        ciderD: isRight ? 4.1 + index / 100 : 1.2 + index / 100,
      },
      meteorStatistics: null,
      bleuStatistics: {
        testLength: 8,
        refLength: 8,
        guess: [8, 7, 6, 5],
        correct: isRight ? [8, 7, 6, 5] : [6, 4, 2, 1],
      },
    };
  });
}

/** A drawing in the place of the imported JPEG. */
export function imageOf(sha256: string): string {
  const index = Number.parseInt(sha256.slice(-4), 16);
  const colour = COLOURS[index % 5] ?? 'red';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><rect width="128" height="128" fill="#f5f3ec"/><circle cx="42" cy="34" r="13" fill="${colour}"/><circle cx="86" cy="30" r="13" fill="${colour}"/><rect x="38" y="66" width="50" height="50" fill="#8a8a8a"/></svg>`;
}
