/** What the native libraries read from the environment when they are loaded, and from nowhere else. */
import { readFileSync } from 'node:fs';

// oxlint-disable-next-line node/no-process-env -- the libraries read nothing but the environment
const ENVIRONMENT = process.env;

const AVX512 = ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];

/**
 * Which kernels OpenBLAS should use. Releases before AMD's AVX-512 processors do not know them and
 * fall back to AVX2 kernels, half as fast; later releases (0.3.21 is one) choose as this function does:
 * Cooperlake where bfloat16 instructions exist, else SkylakeX.
 *
 * @returns a value for OPENBLAS_CORETYPE, or null to leave the choice to OpenBLAS
 */
export function openBlasCore(cpuInfo: string): string | null {
  if (!/^vendor_id\s*:\s*AuthenticAMD$/m.test(cpuInfo)) return null;
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/) ?? []);
  if (!AVX512.every((flag) => flags.has(flag))) return null;
  return flags.has('avx512_bf16') ? 'Cooperlake' : 'SkylakeX';
}

/**
 * What the engine computes with: `OMP_WAIT_POLICY`, and `OPENBLAS_CORETYPE` where OpenBLAS is not left
 * the choice. What the user has set stays. For other programs that shall compute under the same terms.
 */
export function nativeEnvironment(): Record<string, string> {
  const core = openBlasCore(readCpuInfo());
  return Object.fromEntries([
    ...(core === null ? [] : [withDefault('OPENBLAS_CORETYPE', core)]),
    // Threads that wait for work sleep instead of spinning: on a machine with other work a spinning
    // thread takes the core that the one it waits for needs.
    withDefault('OMP_WAIT_POLICY', 'PASSIVE'),
  ]);
}

/** Call it before the addon is loaded. */
export function prepareNativeEnvironment(): void {
  Object.assign(ENVIRONMENT, nativeEnvironment());
}

function withDefault(name: string, value: string): [string, string] {
  return [name, ENVIRONMENT[name] ?? value];
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
