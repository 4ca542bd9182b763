/** The environment of the commands, read once. Nothing else here reads `process.env`. */
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The checkout: apps/cli/dist/env.js lies three folders below it. */
export const ROOT = resolve(import.meta.dirname, '../../..');

const Port = z.coerce
  .number({ error: 'give a port number from 1 to 65535' })
  .int({ error: 'give a port number from 1 to 65535' })
  .min(1, { error: 'give a port number from 1 to 65535' })
  .max(65_535, { error: 'give a port number from 1 to 65535' });

const Fields = z
  .object({
    /** Folder of the database, the file store, logs and state. */
    CAPGRID_HOME: z.string().min(1).default(join(ROOT, '.capgrid')),
    CAPGRID_API_PORT: Port.default(7420),
    CAPGRID_DASHBOARD_PORT: Port.default(7421),
    /** The API to talk to, when it is not the one of this folder's stack. */
    CAPGRID_API_URL: z
      .url({ protocol: /^https?$/, error: 'give http://… or https://…' })
      .optional(),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: 'give postgres://user:password@host:5432/name' })
      .optional(),
    QUEUE_URL: z
      .url({ protocol: /^(postgres(ql)?|rediss?)$/, error: 'give postgres://… or redis://…' })
      .optional(),
    /** Checked where a trainer is started. */
    CAPGRID_ENGINE: z.string().optional(),
    /** The user's own SPICE, run by `capgrid eval`. */
    CAPGRID_SPICE_JAR: z.string().optional(),
    /** Where Java for SPICE is, when it is not on the PATH. */
    JAVA_HOME: z.string().optional(),
    NO_COLOR: z.string().optional(),
    LC_ALL: z.string().optional(),
    LC_CTYPE: z.string().optional(),
    LANG: z.string().optional(),
  })
  .refine(
    ({ CAPGRID_API_PORT, CAPGRID_DASHBOARD_PORT }) => CAPGRID_API_PORT !== CAPGRID_DASHBOARD_PORT,
    {
      path: ['CAPGRID_DASHBOARD_PORT'],
      error: 'it is the same port as CAPGRID_API_PORT; give each a port of its own',
    },
  );

export interface Env {
  home: string;
  apiPort: number;
  dashboardPort: number;
  apiUrl: string | null;
  databaseUrl: string | null;
  queueUrl: string | null;
  engine: string | null;
  spiceJar: string | null;
  javaHome: string | null;
  wantsColour: boolean;
  /** The locale shows characters beyond ASCII. */
  hasUnicode: boolean;
  /** All variables, for child processes. */
  variables: Record<string, string | undefined>;
}

/** @returns the environment, or one line for each variable that is wrong */
export function readEnv(
  variables: Record<string, string | undefined> = process.env,
): { env: Env } | { problems: string[] } {
  // An empty variable means the same as none.
  const given = Object.entries(variables).filter(([, value]) => value !== '');
  const parsed = Fields.safeParse(Object.fromEntries(given));
  if (!parsed.success) return { problems: parsed.error.issues.map(describe) };
  const fields = parsed.data;
  return {
    env: {
      home: resolve(fields.CAPGRID_HOME),
      apiPort: fields.CAPGRID_API_PORT,
      dashboardPort: fields.CAPGRID_DASHBOARD_PORT,
      apiUrl: fields.CAPGRID_API_URL ?? null,
      databaseUrl: fields.DATABASE_URL ?? null,
      queueUrl: fields.QUEUE_URL ?? null,
      engine: fields.CAPGRID_ENGINE ?? null,
      spiceJar: fields.CAPGRID_SPICE_JAR ?? null,
      javaHome: fields.JAVA_HOME ?? null,
      wantsColour: fields.NO_COLOR === undefined,
      // POSIX: the first that is set counts.
      hasUnicode: /utf-?8/i.test(fields.LC_ALL ?? fields.LC_CTYPE ?? fields.LANG ?? ''),
      variables,
    },
  };
}

/** Without the value: a database address may hold a password. */
function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')} is wrong: ${issue.message}`;
}
