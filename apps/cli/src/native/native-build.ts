/** What the build of the native tensor engine has found on this machine. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import type { Env } from '../env.js';
import { tell } from '../doctor/tell.js';

/** What `build.mjs --print` says and is read here. */
const NativeBuild = z.looseObject({
  /** fresh: built; stale: can be built; missing: something that a build needs is not here. */
  state: z.enum(['fresh', 'stale', 'missing']),
  /** One line: what makes a build possible. */
  hint: z.string().nullable(),
  lacks: z.array(
    z.looseObject({ part: z.enum(['libtorch', 'compiler', 'cmake', 'make']), reason: z.string() }),
  ),
  libtorch: z
    .looseObject({ source: z.string(), version: z.string(), libraryFolder: z.string() })
    .nullable(),
});
export type NativeBuild = z.infer<typeof NativeBuild>;

export function buildScript(root: string): string {
  return join(root, 'packages/tensor/native/build.mjs');
}

/** @throws CliError `bad-environment` when CAPGRID_LIBTORCH is set and is no libtorch */
export async function readNativeBuild(
  root: string,
  { variables }: Pick<Env, 'variables'>,
): Promise<NativeBuild> {
  const run = promisify(execFile);
  try {
    const args = [buildScript(root), '--print'];
    const { stdout } = await run(process.execPath, args, { env: variables });
    return NativeBuild.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new CliError('bad-environment', tell(cause).replace(/^capgrid: /, ''), { cause });
  }
}
