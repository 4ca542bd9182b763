/** What the parent and its computing child say to each other. */
import {
  EngineRecord,
  Failure,
  Point,
  Progress,
  Sha256,
  TaskResult,
  Work,
} from '@capgrid/contracts';
import { ENGINE_KINDS } from '@capgrid/tensor';
import { z } from 'zod';

/** The files of the settings for scoring; null: not set. */
const ScoringFiles = z.strictObject({
  /** CAPGRID_METEOR_PARAPHRASES */
  meteorParaphrases: z.string().nullable(),
  /** CAPGRID_SPICE_JAR */
  spiceJar: z.string().nullable(),
  /** CAPGRID_SPICE_CACHE */
  spiceCache: z.string().nullable(),
  /** JAVA_HOME */
  javaHome: z.string().nullable(),
});
export type ScoringFiles = z.infer<typeof ScoringFiles>;

export const ToChild = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    work: Work,
    /** Root of the file store. */
    store: z.string(),
    /** null: the fastest that starts. */
    engine: z.enum(ENGINE_KINDS).nullable(),
    engineOptions: z.strictObject({
      /** Of this task on the CPU: tasks at the same time share the cores. */
      threads: z.int().min(1),
      /** null: a GPU where there is one. */
      device: z.string().nullable(),
      /** GPUs do not round the factors of matrix products to TF32. */
      strictFloat32: z.boolean(),
    }),
    scoringFiles: ScoringFiles,
  }),
  /** End; a training writes a checkpoint first. */
  z.strictObject({ type: z.literal('stop') }),
]);
export type ToChild = z.infer<typeof ToChild>;
export type EngineChoice = Extract<ToChild, { type: 'start' }>['engineOptions'];

export const FromChild = z.discriminatedUnion('type', [
  /** It has started; a training or an evaluation says so once. */
  z.strictObject({ type: z.literal('engine'), engine: EngineRecord }),
  z.strictObject({ type: z.literal('progress'), progress: Progress }),
  z.strictObject({ type: z.literal('points'), points: z.array(Point) }),
  z.strictObject({
    type: z.literal('checkpoint'),
    step: z.int().min(0),
    stateSha256: Sha256,
  }),
  /** The training begins again instead of going on from this state. */
  z.strictObject({
    type: z.literal('state-unreadable'),
    stateSha256: Sha256,
    reason: z.string(),
  }),
  /** Weights that were to be trained from some update on are in the result as they were at the start. */
  z.strictObject({
    type: z.literal('untrained-weights'),
    groups: z.array(z.enum(['encoder', 'vectors'])).min(1),
    bestStep: z.int().min(0),
    steps: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('result'), result: TaskResult }),
  z.strictObject({ type: z.literal('failure'), failure: Failure }),
  /** The answer to `stop`; the checkpoint of a training came before. */
  z.strictObject({ type: z.literal('stopped') }),
]);
export type FromChild = z.infer<typeof FromChild>;
