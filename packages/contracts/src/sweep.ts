/** Sweeps and trials as the API tells of them. */
import { z } from 'zod';
import { Progress, Point } from './progress.js';
import { MeasuredScores, Scores } from './scores.js';
import { ScoringSpec } from './scoring-spec.js';
import { Sha256 } from './sha256.js';
import { SpecIssue } from './spec-issue.js';
import { Assignment, SweepSpec } from './sweep-spec.js';
import { Attempt, EngineRecord, Failure, STOP_REASONS, TaskKind, TaskStatus } from './task.js';
import { TrialSpec } from './trial-spec.js';

/** Derived from the trial's tasks: features, then training, then evaluation. */
export const TRIAL_STATUSES = [
  'queued',
  'extracting',
  'training',
  'evaluating',
  'finished',
  'failed',
  'cancelled',
] as const;
export const TrialStatus = z.enum(TRIAL_STATUSES).meta({ id: 'TrialStatus' });
export type TrialStatus = z.infer<typeof TrialStatus>;

export const SweepStatus = z
  .enum(['running', 'finished', 'finished-with-failures', 'cancelled'])
  .meta({ id: 'SweepStatus' });
export type SweepStatus = z.infer<typeof SweepStatus>;

/** A cell of the spec that is no trial of the sweep. */
export const DroppedCell = z
  .strictObject({
    assignment: Assignment,
    seed: z.int(),
    reason: z.enum(['invalid', 'duplicate', 'excluded']),
    /**
     * Equal for all cells that are dropped for it: a duplicate's names no trial, an invalid cell's no
     * values. Sweeps of before it was recorded read as null.
     */
    cause: z.string().nullable().default(null),
    /** The cause, with the trial that a duplicate equals and the values that make a cell invalid. */
    message: z.string(),
    /** The faults of an invalid cell, by the path of the option; empty for the other reasons. */
    issues: z.array(SpecIssue),
  })
  .meta({ id: 'DroppedCell' });
export type DroppedCell = z.infer<typeof DroppedCell>;

export const LaunchSweepRequest = z
  .strictObject({ spec: SweepSpec })
  .meta({ id: 'LaunchSweepRequest' });
export type LaunchSweepRequest = z.infer<typeof LaunchSweepRequest>;

/** What a launch would do, told before it is done. */
export const SweepPreview = z
  .strictObject({
    trials: z.int(),
    trainings: z.int(),
    /** `new`: to be computed. `pending`: under way for an earlier sweep. `reused`: finished. */
    newTrainings: z.int(),
    pendingTrainings: z.int(),
    reusedTrainings: z.int(),
    newEvaluations: z.int(),
    pendingEvaluations: z.int(),
    reusedEvaluations: z.int(),
    newFeatureSets: z.int(),
    pendingFeatureSets: z.int(),
    reusedFeatureSets: z.int(),
    factors: z.array(z.string()),
    cells: z.array(
      z.strictObject({ assignment: Assignment, seed: z.int(), isReused: z.boolean() }),
    ),
    dropped: z.array(DroppedCell),
    /** What the spec says in vain: options that no trial reads, rules that match no cell. */
    notes: z.array(SpecIssue),
  })
  .meta({ id: 'SweepPreview' });
export type SweepPreview = z.infer<typeof SweepPreview>;

/** How far a sweep is; also the payload of its events. */
export const SweepProgress = z
  .strictObject({
    status: SweepStatus,
    trials: z.strictObject({
      total: z.int(),
      queued: z.int(),
      running: z.int(),
      finished: z.int(),
      failed: z.int(),
      cancelled: z.int(),
    }),
    trainings: z.strictObject({ total: z.int(), finished: z.int(), reused: z.int() }),
    /** Estimate from finished tasks and current progress; null while nothing is known. */
    secondsLeft: z.number().nullable(),
    running: z.array(
      z.strictObject({
        taskId: z.string(),
        kind: TaskKind,
        label: z.string(),
        progress: Progress.nullable(),
      }),
    ),
  })
  .meta({ id: 'SweepProgress' });
export type SweepProgress = z.infer<typeof SweepProgress>;

export const SweepSummary = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    dataset: z.string(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    progress: SweepProgress,
  })
  .meta({ id: 'SweepSummary' });
export type SweepSummary = z.infer<typeof SweepSummary>;

export const SweepPage = z
  .strictObject({ sweeps: z.array(SweepSummary), nextCursor: z.string().nullable() })
  .meta({ id: 'SweepPage' });
export type SweepPage = z.infer<typeof SweepPage>;

/** A launched sweep. */
export const Sweep = SweepSummary.extend({
  spec: SweepSpec,
  factors: z.array(z.string()),
  dropped: z.array(DroppedCell),
}).meta({ id: 'Sweep' });
export type Sweep = z.infer<typeof Sweep>;

export const TrialSummary = z
  .strictObject({
    id: z.string(),
    sweepId: z.string(),
    number: z.int().min(1),
    assignment: Assignment,
    seed: z.int(),
    status: TrialStatus,
    trainingId: z.string(),
    evaluationId: z.string(),
    /** The training, or the evaluation too, was finished before this sweep was launched. */
    isTrainingReused: z.boolean(),
    isEvaluationReused: z.boolean(),
    scores: Scores.nullable(),
    failure: Failure.nullable(),
    progress: Progress.nullable(),
  })
  .meta({ id: 'TrialSummary' });
export type TrialSummary = z.infer<typeof TrialSummary>;

export const Training = z
  .strictObject({
    id: z.string(),
    /** The attempts of this task are those at this training. */
    taskId: z.string(),
    key: Sha256,
    status: TaskStatus,
    seed: z.int(),
    /** It goes on from the weights of a training by cross-entropy. */
    isSelfCritical: z.boolean(),
    vocabularySize: z.int().nullable(),
    parameters: z.int().nullable(),
    bestStep: z.int().nullable(),
    steps: z.int().nullable(),
    epochs: z.number().nullable(),
    /** Of the weights on the validation captions. */
    bestPerplexity: z.number().nullable(),
    /**
     * Of greedy captions of the weights, 0..10; null unless the training goes by it, and where it
     * finished before this was kept.
     */
    bestCiderD: z.number().nullable(),
    stopReason: z.enum(STOP_REASONS).nullable(),
    /** Words of the training captions that have a pretrained vector, 0..1; null without vectors. */
    vectorCoverage: z.number().nullable(),
    engine: EngineRecord.nullable(),
    /** Others that computed earlier updates, before a stop; each once. */
    earlierEngines: z.array(EngineRecord),
    /** Of the attempt that finished it and of those whose work it went on with. */
    durationMs: z.int().nullable(),
    weightsSha256: Sha256.nullable(),
    /** How many trials of all sweeps need these weights, also in an ensemble or to start from. */
    trials: z.int(),
  })
  .meta({ id: 'Training' });
export type Training = z.infer<typeof Training>;

export const Evaluation = z
  .strictObject({
    id: z.string(),
    key: Sha256,
    status: TaskStatus,
    /** Null until it has finished. */
    scores: MeasuredScores.nullable(),
    /** What was asked for; null for evaluations of before servers could choose. */
    scoring: ScoringSpec.nullable(),
    captions: z.int().nullable(),
    engine: EngineRecord.nullable(),
    durationMs: z.int().nullable(),
    predictionsSha256: Sha256.nullable(),
  })
  .meta({ id: 'Evaluation' });
export type Evaluation = z.infer<typeof Evaluation>;

export const Trial = TrialSummary.extend({
  sweepName: z.string(),
  spec: TrialSpec,
  /** Of the trial's own seed. */
  training: Training,
  /**
   * All that its captions rest on, in the order of their seeds: that one, those of an ensemble's other
   * seeds, and before each self-critical one the one that it starts from.
   */
  trainings: z.array(Training),
  evaluation: Evaluation,
  attempts: z.array(Attempt),
}).meta({ id: 'Trial' });
export type Trial = z.infer<typeof Trial>;

export const TrialList = z
  .strictObject({ trials: z.array(TrialSummary) })
  .meta({ id: 'TrialList' });
export type TrialList = z.infer<typeof TrialList>;

/** Points of the accepted attempts of a training, by name and step. */
export const PointList = z.strictObject({ points: z.array(Point) }).meta({ id: 'PointList' });
export type PointList = z.infer<typeof PointList>;

/** RFC 9457, with a stable code and, for a bad spec, its faults. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    issues: z.array(SpecIssue).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

export const Health = z
  .strictObject({
    status: z.enum(['ok', 'unavailable']),
    parts: z.record(z.string(), z.string()),
    version: z.string(),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;
