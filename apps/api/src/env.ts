/** The environment of the API, parsed once at start. Nothing else reads `process.env`. */
import { resolve } from 'node:path';
import { z } from 'zod';

const Port = z.coerce
  .number({ error: 'must be a number from 0 to 65535' })
  .int()
  .min(0)
  .max(65_535);

const Fields = z.object({
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgres://user:password@127.0.0.1:5432/capgrid',
  }),
  QUEUE_URL: z
    .url({
      protocol: /^(postgres(ql)?|rediss?)$/,
      error: 'must be a postgres:// or redis:// URL; leave it out to queue in DATABASE_URL',
    })
    .optional(),
  /** Holds the file store; the same as the trainers'. */
  CAPGRID_HOME: z.string().min(1).default('.capgrid'),
  API_HOST: z.string().min(1).default('127.0.0.1'),
  API_PORT: Port.default(7420),
  /** METEOR's paraphrase table (`paraphrase-en.gz`); without it METEOR runs without paraphrases. */
  CAPGRID_METEOR_PARAPHRASES: z.string().min(1).optional(),
  /** The jar of SPICE; without it SPICE is not measured. */
  CAPGRID_SPICE_JAR: z.string().min(1).optional(),
  /** Host names under which the API may be called, besides loopback and API_HOST. */
  API_ALLOWED_HOSTS: z.string().default(''),
});

export const Env = Fields.transform((fields) => ({
  databaseUrl: fields.DATABASE_URL,
  queueUrl: fields.QUEUE_URL ?? fields.DATABASE_URL,
  home: resolve(fields.CAPGRID_HOME),
  meteorParaphrases: resolveOptional(fields.CAPGRID_METEOR_PARAPHRASES),
  spiceJar: resolveOptional(fields.CAPGRID_SPICE_JAR),
  host: fields.API_HOST,
  port: fields.API_PORT,
  allowedHosts: fields.API_ALLOWED_HOSTS.split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== ''),
}));
export type Env = z.infer<typeof Env>;

function resolveOptional(path: string | undefined): string | null {
  return path === undefined ? null : resolve(path);
}

/** Reads the variables of this process; the only place that does. */
export function readEnv(): z.ZodSafeParseResult<Env> {
  // An empty variable means the same as none.
  const given = Object.entries(process.env).filter(([, value]) => value !== '');
  return Env.safeParse(Object.fromEntries(given));
}

/** Injection token of the parsed environment. */
export const ENV = Symbol('env');

/** One line per fault, each naming the variable. */
export function describeEnvFaults(error: z.ZodError): string {
  const lines = error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  return ['The environment of the API is not complete:', ...lines].join('\n');
}
