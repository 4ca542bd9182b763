/** The line of `capgrid doctor` about the tensor engine, and what makes it faster. */
import type { Context } from '../context.js';
import { readNativeBuild } from '../native/native-build.js';
import { askEngine, type EngineLine } from './ask-engine.js';

/** A library of unknown name that is slower is taken for a slow one; the reference BLAS reaches 5 to 14. */
const LEAST_GFLOPS = 15;

export async function checkEngine({ root, env }: Pick<Context, 'root' | 'env'>): Promise<string> {
  // Also when the addon of an earlier build runs: the next build will need it.
  if (env.variables.CAPGRID_LIBTORCH) await readNativeBuild(root, env);
  const line = await askEngine({ root, env }, true);
  const advice = line.name === 'libtorch' ? adviseBlas(line) : await adviseNative(root, env, line);
  return advice === null ? describe(line) : `${describe(line)}; ${advice}`;
}

function describe({ name, version, device, threads, blas, matMulGflops }: EngineLine): string {
  const parts = [
    `${version.startsWith(name) ? version : `${name} (${version})`} on ${device}`,
    ...(blas === null ? [] : [blas]),
    `${threads} thread${threads === 1 ? '' : 's'}`,
    ...(matMulGflops === null
      ? []
      : [`${formatRate(matMulGflops)} GFLOP/s in a 1024 x 1024 matrix product`]),
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
  const isMeasuredFast = matMulGflops !== null && matMulGflops >= LEAST_GFLOPS;
  if (isKnownFast || (isMeasuredFast && !/reference/i.test(blas ?? ''))) return null;
  return 'this BLAS is slow: apt-get install libopenblas0-pthread makes it many times faster';
}

async function adviseNative(
  root: string,
  env: Context['env'],
  { name, problem }: EngineLine,
): Promise<string | null> {
  // Whoever chose the engine wants this one.
  if (env.engine !== null || name !== 'wasm') return null;
  const { state, hint } = await readNativeBuild(root, env);
  if (state === 'missing') return hint;
  return state === 'stale'
    ? 'the next ./capgrid up builds the faster native engine'
    : `the native engine is built and does not load (${problem ?? 'unknown reason'}): ./capgrid setup builds it again`;
}
