/** What the trainer takes from its environment, read once at start. */
import { availableParallelism, hostname, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { ENGINE_KINDS } from '@capgrid/tensor';
import { z } from 'zod';

/** Weights, optimiser state, activations and the wasm heap of one task stay below this. */
const BYTES_PER_TASK = 2 * 1024 ** 3;

const OptionalPath = z
  .string()
  .transform((path) => resolve(path))
  .nullable()
  .default(null);

export const Env = z.object({
  API_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:7420'),
  /** `postgres://…` or `redis://…`: where the API rings. */
  QUEUE_URL: z.url({ protocol: /^(postgres|postgresql|redis|rediss)$/ }),
  /** Holds the file store in its folder `store`; the same as the API's. */
  CAPGRID_HOME: z
    .string()
    .min(1)
    .default('.capgrid')
    .transform((path) => resolve(path)),
  /** null: each task takes libtorch where its addon is built and loads, otherwise wasm. */
  CAPGRID_ENGINE: z.enum(ENGINE_KINDS).nullable().default(null),
  /** Of the engine libtorch: `cpu`, `cuda` or `cuda:1`. null: a GPU where there is one. */
  CAPGRID_DEVICE: z
    .string()
    .regex(/^(cpu|cuda(:\d+)?)$/, 'give cpu, cuda or cuda:N')
    .nullable()
    .default(null),
  /** 1: GPUs do not round the factors of matrix products to TF32. */
  CAPGRID_STRICT_FLOAT32: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  /** METEOR's paraphrase table (`paraphrase-en.gz`); the same file as the API's. */
  CAPGRID_METEOR_PARAPHRASES: OptionalPath,
  /** The jar of SPICE; the same file as the API's. */
  CAPGRID_SPICE_JAR: OptionalPath,
  /** Where SPICE keeps the references it has read; without it each evaluation reads them again. */
  CAPGRID_SPICE_CACHE: OptionalPath,
  /** Of the Java for SPICE; without it the java on the PATH. */
  JAVA_HOME: OptionalPath,
  /** Tasks computed at the same time. */
  TRAINER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(defaultConcurrency),
  TRAINER_NAME: z
    .string()
    .min(1)
    .max(200)
    .default(() => `${hostname()}:${process.pid}`),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});
export type Env = z.infer<typeof Env>;

/** The environment, or a text that names every problem. */
export function readEnv(
  variables: Record<string, string | undefined> = process.env,
): { env: Env } | { problems: string } {
  // An empty variable means the same as none.
  const given = Object.entries(variables).filter(([, value]) => value !== '');
  const parsed = Env.safeParse(Object.fromEntries(given));
  if (parsed.success) return { env: parsed.data };
  return { problems: parsed.error.issues.map((issue) => describe(issue, variables)).join('\n') };
}

function describe(issue: z.core.$ZodIssue, variables: Record<string, string | undefined>): string {
  const name = issue.path.join('.');
  const value = variables[name];
  // A queue address may hold a password.
  const shown = value === undefined ? 'is not set' : name === 'QUEUE_URL' ? '' : `is "${value}"`;
  const remedy =
    name === 'QUEUE_URL' ? 'give postgres://… or redis://…, the same as the API' : issue.message;
  return `${name} ${shown}: ${remedy}`.replace('  ', ' ').replace(' :', ':');
}

function defaultConcurrency(): number {
  const limit = process.constrainedMemory();
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(1, Math.min(availableParallelism(), Math.floor(memory / BYTES_PER_TASK)));
}
