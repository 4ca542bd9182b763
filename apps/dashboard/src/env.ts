/** The environment of the dashboard, read once. Nothing else here reads `process.env`. */
import { z } from 'zod';

const Env = z.object({
  /** Where the API listens. */
  API_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:7420'),
  /** The folder whose `*.yaml` the launch page offers, relative to the working directory. */
  CAPGRID_SWEEPS: z.string().min(1).default('../../sweeps'),
  /** Host names, separated by commas, under which it may be opened, besides those of loopback. */
  DASHBOARD_ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform((names) => names.split(',').map((name) => name.trim().toLowerCase()))
    .transform((names) => names.filter((name) => name !== '')),
});
export type Env = z.infer<typeof Env>;

/** Next sets this itself: true under `next dev`. */
export const isDevelopment = process.env.NODE_ENV === 'development';

class BadEnvironmentError extends Error {
  readonly code = 'bad-environment';
}

/** @throws BadEnvironmentError that names every variable that is wrong */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  const parsed = Env.safeParse(variables);
  if (parsed.success) return parsed.data;
  throw new BadEnvironmentError(
    `The environment of the dashboard is wrong:\n${z.prettifyError(parsed.error)}`,
  );
}

let parsed: Env | undefined;

/** Parsed at the first call and kept: a build has no environment to check, a server has. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}
