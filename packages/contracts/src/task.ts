/**
 * The protocol between the API and a trainer. A task is a unit of work; an attempt is one try at it
 * by one trainer, and every write of an attempt carries its fencing token: once another trainer has
 * claimed the task, the old token gets 409.
 */
import { z } from 'zod';
import { DecodeSpec } from './decode-spec.js';
import { Point, Progress } from './progress.js';
import { MeasuredScores } from './scores.js';
import { ScoringSpec } from './scoring-spec.js';
import { Sha256 } from './sha256.js';
import { EncoderSpec } from './encoder-spec.js';
import { TrainingSpec } from './training-spec.js';

export const TASK_KINDS = ['features', 'training', 'evaluation'] as const;
export const TaskKind = z.enum(TASK_KINDS).meta({ id: 'TaskKind' });
export type TaskKind = z.infer<typeof TaskKind>;

/** `waiting`: for another task. `queued`: for a trainer. */
export const TASK_STATUSES = [
  'waiting',
  'queued',
  'running',
  'finished',
  'failed',
  'cancelled',
] as const;
export const TaskStatus = z.enum(TASK_STATUSES).meta({ id: 'TaskStatus' });
export type TaskStatus = z.infer<typeof TaskStatus>;

/** `lost`: the lease ran out without a heartbeat. */
export const ATTEMPT_STATUSES = ['running', 'finished', 'failed', 'lost', 'cancelled'] as const;
export const AttemptStatus = z.enum(ATTEMPT_STATUSES).meta({ id: 'AttemptStatus' });
export type AttemptStatus = z.infer<typeof AttemptStatus>;

/** Why something failed; data, not a log line. */
export const Failure = z
  .strictObject({
    /** Stable, e.g. `loss-not-finite`, `child-crashed`, `native-crash`, `lease-expired`. */
    code: z.string().regex(/^[a-z0-9-]{1,64}$/),
    message: z.string().max(4000),
    /** Worth another attempt with the same spec. */
    isRetryable: z.boolean(),
    step: z.int().nullable(),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;

/** What computed a result. */
export const EngineRecord = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    device: z.string(),
    threads: z.int().min(1),
    /**
     * The library that multiplied matrices on the CPU; null where the engine has its own. Results of
     * before it was recorded read as null.
     */
    blas: z.string().nullable().default(null),
  })
  .meta({ id: 'EngineRecord' });
export type EngineRecord = z.infer<typeof EngineRecord>;

/** The queue's only payload. */
export const TaskMessage = z.strictObject({ taskId: z.string() });
export type TaskMessage = z.infer<typeof TaskMessage>;
export const TASK_QUEUE = 'tasks';

const PlanFiles = z.strictObject({ planSha256: Sha256, weightsSha256: Sha256 });
export type PlanFiles = z.infer<typeof PlanFiles>;

/** Of registered word vectors: the array `vectors` (safetensors) and the words of its rows (JSON). */
const VectorFiles = z.strictObject({ vectorsSha256: Sha256, wordsSha256: Sha256 });
export type VectorFiles = z.infer<typeof VectorFiles>;

export const FeaturesWork = z.strictObject({
  kind: z.literal('features'),
  datasetDigest: Sha256,
  limit: z.int().nullable(),
  encoder: EncoderSpec,
  /** The files of a `plan` encoder, null for the others. */
  plan: PlanFiles.nullable(),
  /** The file of a `features` encoder, null for the others. */
  precomputedSha256: Sha256.nullable(),
});
export type FeaturesWork = z.infer<typeof FeaturesWork>;

export const TrainingWork = z.strictObject({
  kind: z.literal('training'),
  spec: TrainingSpec,
  datasetDigest: Sha256,
  featuresSha256: Sha256,
  /** The files of the encoder where layers of it are trained, null elsewhere. */
  plan: PlanFiles.nullable(),
  /** The files of `model.vectors`, null for models that start without. */
  vectors: VectorFiles.nullable(),
  /** Of `crossEntropySpec(spec)`, from which a self-critical training starts; null for others. */
  startWeightsSha256: Sha256.nullable(),
  /** The newest checkpoint of an earlier attempt. */
  resume: z.strictObject({ step: z.int(), stateSha256: Sha256 }).nullable(),
});
export type TrainingWork = z.infer<typeof TrainingWork>;

export const EvaluationWork = z.strictObject({
  kind: z.literal('evaluation'),
  spec: TrainingSpec,
  decode: DecodeSpec,
  scoring: ScoringSpec,
  datasetDigest: Sha256,
  featuresSha256: Sha256,
  /** The files of the encoder where layers of it were trained, null elsewhere. */
  plan: PlanFiles.nullable(),
  weightsSha256: Sha256,
  /** Further members of an ensemble: the same spec with other seeds, the same vocabulary. */
  memberWeightsSha256: z.array(Sha256),
  vocabularySha256: Sha256,
});
export type EvaluationWork = z.infer<typeof EvaluationWork>;

export const Work = z
  .discriminatedUnion('kind', [FeaturesWork, TrainingWork, EvaluationWork])
  .meta({ id: 'Work' });
export type Work = z.infer<typeof Work>;

const Token = z.string().min(1).max(200);

export const ClaimRequest = z
  .strictObject({ trainer: z.string().min(1).max(200) })
  .meta({ id: 'ClaimRequest' });
export type ClaimRequest = z.infer<typeof ClaimRequest>;

export const Claim = z
  .strictObject({
    attemptId: z.string(),
    /** Fencing token; goes with every write of this attempt. */
    token: Token,
    /** How long the API waits for a sign of life before it gives the task to another trainer. */
    leaseMs: z.int().min(1),
    heartbeatEveryMs: z.int().min(1),
    /** The trials that need it, for people: `trials 3, 4 of sweep "attention"`. */
    trials: z.string(),
    work: Work,
  })
  .refine(({ leaseMs, heartbeatEveryMs }) => leaseMs > heartbeatEveryMs, {
    path: ['leaseMs'],
    error: 'a lease is longer than the time between two signs of life',
  })
  .meta({ id: 'Claim' });
export type Claim = z.infer<typeof Claim>;

export const HeartbeatRequest = z
  .strictObject({ token: Token, progress: Progress.nullable() })
  .meta({ id: 'HeartbeatRequest' });
export type HeartbeatRequest = z.infer<typeof HeartbeatRequest>;

export const Heartbeat = z
  .strictObject({ command: z.enum(['continue', 'cancel']) })
  .meta({ id: 'Heartbeat' });
export type Heartbeat = z.infer<typeof Heartbeat>;

/** Points may be sent twice and out of order; each (attempt, name, step) counts once. */
export const PointsRequest = z
  .strictObject({ token: Token, points: z.array(Point).max(5000) })
  .meta({ id: 'PointsRequest' });
export type PointsRequest = z.infer<typeof PointsRequest>;

export const CheckpointRequest = z
  .strictObject({ token: Token, step: z.int().min(0), stateSha256: Sha256 })
  .meta({ id: 'CheckpointRequest' });
export type CheckpointRequest = z.infer<typeof CheckpointRequest>;

export const FeaturesResult = z.strictObject({
  kind: z.literal('features'),
  featuresSha256: Sha256,
  /** Weights of an encoder trained on the spot, null for a registered one. */
  encoderSha256: Sha256.nullable(),
  regions: z.int().min(1),
  channels: z.int().min(1),
  images: z.int().min(1),
  /** Null where the features came ready from a file. */
  engine: EngineRecord.nullable(),
});
export type FeaturesResult = z.infer<typeof FeaturesResult>;

export const STOP_REASONS = ['max-epochs', 'max-steps', 'early-stop'] as const;

export const TrainingResult = z.strictObject({
  kind: z.literal('training'),
  weightsSha256: Sha256,
  vocabularySha256: Sha256,
  vocabularySize: z.int().min(1),
  /** Numbers that were learned; 0 for retrieval. */
  parameters: z.int().min(0),
  /** Null where nothing is learned, and so are perplexity, CIDEr-D and reason. */
  bestStep: z.int().nullable(),
  steps: z.int(),
  epochs: z.number(),
  /** Of the weights on the validation captions. */
  bestPerplexity: z.number().nullable(),
  /** Of greedy captions of the weights, 0..10; null unless the training goes by it. */
  bestCiderD: z.number().nullable(),
  stopReason: z.enum(STOP_REASONS).nullable(),
  /** Words of the training captions that have a pretrained vector, 0..1; null without vectors. */
  vectorCoverage: z.number().min(0).max(1).nullable(),
  /** What computed the last updates. */
  engine: EngineRecord,
  /** Others that computed earlier ones, before a stop; each once. */
  earlierEngines: z.array(EngineRecord),
});
export type TrainingResult = z.infer<typeof TrainingResult>;

export const EvaluationResult = z.strictObject({
  kind: z.literal('evaluation'),
  predictionsSha256: Sha256,
  scores: MeasuredScores,
  captions: z.int().min(1),
  engine: EngineRecord,
});
export type EvaluationResult = z.infer<typeof EvaluationResult>;

export const TaskResult = z
  .discriminatedUnion('kind', [FeaturesResult, TrainingResult, EvaluationResult])
  .meta({ id: 'TaskResult' });
export type TaskResult = z.infer<typeof TaskResult>;

export const FinishRequest = z
  .strictObject({
    token: Token,
    result: TaskResult,
    /** Of this attempt. */
    durationMs: z.int().min(0),
  })
  .meta({ id: 'FinishRequest' });
export type FinishRequest = z.infer<typeof FinishRequest>;

export const FailRequest = z
  .strictObject({
    token: Token,
    failure: Failure,
    /** Null when it failed before its engine had started. */
    engine: EngineRecord.nullable().default(null),
  })
  .meta({ id: 'FailRequest' });
export type FailRequest = z.infer<typeof FailRequest>;

/**
 * The trainer has stopped because the heartbeat said `cancel`, or because it is itself shutting
 * down: where no cancel was asked for, the API queues the task again at once.
 */
export const CancelledRequest = z.strictObject({ token: Token }).meta({ id: 'CancelledRequest' });
export type CancelledRequest = z.infer<typeof CancelledRequest>;

export const Attempt = z
  .strictObject({
    id: z.string(),
    taskId: z.string(),
    kind: TaskKind,
    number: z.int().min(1),
    status: AttemptStatus,
    trainer: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    failure: Failure.nullable(),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;
