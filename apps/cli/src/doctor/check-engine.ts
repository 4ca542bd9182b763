/** The line of `capgrid doctor` about the tensor engine, and what makes it faster. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EngineRecord } from '@capgrid/contracts';
import { z } from 'zod';
import type { Context } from '../context.js';
import { readNativeBuild } from '../native/native-build.js';
import { tell } from './tell.js';

const run = promisify(execFile);

const EngineLine = EngineRecord.extend({ matMulGflops: z.number() });
type EngineLine = z.infer<typeof EngineLine>;

const UNUSED_QUEUE = 'redis://127.0.0.1';

/** A library of unknown name that is slower is taken for a slow one; the reference BLAS reaches 5 to 14. */
const LEAST_GFLOPS = 15;

export async function checkEngine({ root, env }: Pick<Context, 'root' | 'env'>): Promise<string> {
  const line = await measure(root, env.variables);
  const advice =
    line.name === 'libtorch' ? adviseBlas(line) : await adviseNative(root, env, line.name);
  return advice === null ? describe(line) : `${describe(line)}; ${advice}`;
}

async function measure(
  root: string,
  variables: Record<string, string | undefined>,
): Promise<EngineLine> {
  const script = join(root, 'apps/trainer/dist/doctor.js');
  try {
    // The script reads the trainer's environment, which has no default for the queue.
    const { stdout } = await run(process.execPath, [script], {
      env: { QUEUE_URL: UNUSED_QUEUE, ...variables },
    });
    return EngineLine.parse(JSON.parse(stdout));
  } catch (cause) {
    const remedy = 'correct CAPGRID_ENGINE, or leave it out for the fastest that starts';
    throw new Error(`does not start (${tell(cause)}): ${remedy}`, { cause });
  }
}

function describe({ name, version, device, threads, blas, matMulGflops }: EngineLine): string {
  const parts = [
    `${version.startsWith(name) ? version : `${name} (${version})`} on ${device}`,
    ...(blas === null ? [] : [blas]),
    `${threads} thread${threads === 1 ? '' : 's'}`,
    `${formatRate(matMulGflops)} GFLOP/s in a 1024 x 1024 matrix product`,
  ];
  return parts.join(', ');
}

function formatRate(gflops: number): string {
  return gflops < 10 ? gflops.toFixed(1) : String(Math.round(gflops));
}

/** libtorch takes any library called libblas; Debian installs the reference one by default. */
export function adviseBlas({
  device,
  blas,
  matMulGflops,
}: Pick<EngineLine, 'device' | 'blas' | 'matMulGflops'>): string | null {
  if (device !== 'cpu') return null;
  const isKnownFast = blas !== null && /openblas|mkl/i.test(blas);
  if (isKnownFast || (matMulGflops >= LEAST_GFLOPS && !/reference/i.test(blas ?? ''))) return null;
  return 'this BLAS is slow: apt-get install libopenblas0-pthread makes it many times faster';
}

async function adviseNative(
  root: string,
  env: Context['env'],
  name: string,
): Promise<string | null> {
  // Whoever chose the engine wants this one.
  if (env.engine !== null || name !== 'wasm') return null;
  const { state, hint } = await readNativeBuild(root, env);
  if (state === 'missing') return hint;
  return state === 'stale'
    ? 'the next ./capgrid up builds the faster native engine'
    : 'the native engine is built and does not load: CAPGRID_ENGINE=libtorch ./capgrid doctor says why';
}
