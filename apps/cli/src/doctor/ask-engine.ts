/** Starts the tensor engine in a process of its own, as a task would, and reads what it is. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineRecord } from '@capgrid/contracts';
import { z } from 'zod';
import type { Context } from '../context.js';
import { tell } from './tell.js';

const EngineLine = EngineRecord.extend({
  /** Why the native engine, which is built, is not the one; null when it is or was not built. */
  problem: z.string().nullable(),
  /** Null when it was not measured. */
  matMulGflops: z.number().nullable(),
});
export type EngineLine = z.infer<typeof EngineLine>;

/** What execFile rejects with. */
const End = z.looseObject({
  signal: z.string().nullish().catch(null),
  code: z.union([z.number(), z.string()]).nullish().catch(null),
  stderr: z.string().catch(''),
});

const UNUSED_QUEUE = 'redis://127.0.0.1';
/** The script could not read its environment. */
const BAD_ENVIRONMENT = 2;

/**
 * @param doesMeasure takes about two seconds more
 * @throws Error that says how it failed, and the remedy
 */
export async function askEngine(
  { root, env }: Pick<Context, 'root'> & { env: Pick<Context['env'], 'variables'> },
  doesMeasure: boolean,
): Promise<EngineLine> {
  const script = join(root, 'apps/trainer/dist/doctor.js');
  try {
    // The script reads the trainer's environment, which has no default for the queue.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [script, ...(doesMeasure ? [] : ['--start-only'])],
      { env: { QUEUE_URL: UNUSED_QUEUE, ...env.variables } },
    );
    return EngineLine.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new Error(`does not start: ${describeEnd(cause)}`, { cause });
  }
}

/** How the process ended, and what helps against it. */
function describeEnd(cause: unknown): string {
  const { signal, code, stderr } = End.parse(cause);
  const rebuild = 'delete the folder packages/tensor/native/build and run ./capgrid setup';
  const said = stderr.trim() === '' ? null : tell(cause);
  if (typeof signal === 'string') {
    const last = said === null ? '' : ` (${said})`;
    return `the process that starts it is ended by ${signal}${last}; ${rebuild}, or set CAPGRID_ENGINE=wasm`;
  }
  if (said === null && typeof code === 'number') {
    return `the process that starts it exits with code ${code}; ${rebuild}, or set CAPGRID_ENGINE=wasm`;
  }
  if (code === BAD_ENVIRONMENT) return `${tell(cause)}; correct that variable, or leave it out`;
  // The errors of the engines name their remedy.
  return tell(cause);
}
