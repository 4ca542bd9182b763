/**
 * Which kernels OpenBLAS should use. Releases before AMD's AVX-512 processors do not know them and
 * fall back to AVX2 kernels, half as fast; later releases choose as this function does (Cooperlake
 * where bfloat16 instructions exist, else SkylakeX).
 */
import { readFileSync } from 'node:fs';

const AVX512 = ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];

/** @returns a value for OPENBLAS_CORETYPE, or null to leave the choice to OpenBLAS */
export function openBlasCore(cpuInfo: string): string | null {
  if (!/^vendor_id\s*:\s*AuthenticAMD$/m.test(cpuInfo)) return null;
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuInfo)?.[1]?.trim().split(/\s+/) ?? []);
  if (!AVX512.every((flag) => flags.has(flag))) return null;
  return flags.has('avx512_bf16') ? 'Cooperlake' : 'SkylakeX';
}

/** Tells OpenBLAS before the addon loads it; what the user has set stays. */
export function setOpenBlasCore(): void {
  const core = openBlasCore(readCpuInfo());
  // OpenBLAS reads nothing but the environment.
  // oxlint-disable-next-line node/no-process-env
  if (core !== null) process.env['OPENBLAS_CORETYPE'] ??= core;
}

function readCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
