import { afterEach, expect, test, vi } from 'vitest';
import { nativeEnvironment, openBlasCore } from './native-environment.js';

afterEach(() => vi.unstubAllEnvs());

const AVX2 = 'flags\t\t: fpu sse avx avx2 fma';
const AVX512 = `${AVX2} avx512f avx512dq avx512cd avx512bw avx512vl`;

test('an AMD processor with AVX-512 gets kernels that use it', () => {
  expect(openBlasCore(`vendor_id\t: AuthenticAMD\n${AVX512}\n`)).toBe('SkylakeX');
  expect(openBlasCore(`vendor_id\t: AuthenticAMD\n${AVX512} avx512_bf16\n`)).toBe('Cooperlake');
});

test('everything else is left to OpenBLAS', () => {
  expect(openBlasCore(`vendor_id\t: AuthenticAMD\n${AVX2}\n`)).toBeNull();
  expect(openBlasCore(`vendor_id\t: GenuineIntel\n${AVX512}\n`)).toBeNull();
  expect(openBlasCore('')).toBeNull();
});

test('threads that wait sleep, unless the user wants otherwise', () => {
  vi.stubEnv('OMP_WAIT_POLICY', undefined);
  expect(nativeEnvironment()).toMatchObject({ OMP_WAIT_POLICY: 'PASSIVE' });
  vi.stubEnv('OMP_WAIT_POLICY', 'ACTIVE');
  expect(nativeEnvironment()).toMatchObject({ OMP_WAIT_POLICY: 'ACTIVE' });
});
