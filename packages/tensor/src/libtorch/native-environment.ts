/** What the native libraries read from the environment when they are loaded, and from nowhere else. */
import { readFileSync } from 'node:fs';

const AVX512 = ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];

/**
 * Which kernels OpenBLAS should use. Releases before AMD's AVX-512 processors do not know them and
 * fall back to AVX2 kernels, half as fast; later releases choose as this function does (Cooperlake
 * where bfloat16 instructions exist, else SkylakeX).
 *
 * @returns a value for OPENBLAS_CORETYPE, or null to leave the choice to OpenBLAS
 */
export function openBlasCore(cpuInfo: string): string | null {
  if (!/^vendor_id\s*:\s*AuthenticAMD$/m.test(cpuInfo)) return null;
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/) ?? []);
  if (!AVX512.every((flag) => flags.has(flag))) return null;
  return flags.has('avx512_bf16') ? 'Cooperlake' : 'SkylakeX';
}

/** Call it before the addon is loaded. What the user has set stays. */
export function prepareNativeEnvironment(): void {
  const core = openBlasCore(readCpuInfo());
  if (core !== null) setDefault('OPENBLAS_CORETYPE', core);
  // Threads that wait for work sleep instead of spinning: on a machine with other work a spinning
  // thread takes the core that the one it waits for needs.
  setDefault('OMP_WAIT_POLICY', 'PASSIVE');
}

function setDefault(name: string, value: string): void {
  // oxlint-disable-next-line node/no-process-env -- the libraries read nothing but the environment
  process.env[name] ??= value;
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
