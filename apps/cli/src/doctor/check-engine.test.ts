import { expect, it } from 'vitest';
import { adviseBlas } from './check-engine.js';

const openBlas = 'OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64';

it.each([
  { blas: openBlas, matMulGflops: 177 },
  // A small board with a fast library.
  { blas: openBlas, matMulGflops: 9 },
  { blas: 'MKL', matMulGflops: 60 },
  { blas: 'unknown', matMulGflops: 60 },
])('$blas at $matMulGflops GFLOP/s needs no advice', (line) => {
  expect(adviseBlas({ device: 'cpu', ...line })).toBeNull();
});

it.each([
  { blas: 'reference BLAS', matMulGflops: 5 },
  { blas: 'unknown', matMulGflops: 5 },
  { blas: null, matMulGflops: 5 },
])('$blas at $matMulGflops GFLOP/s is to be replaced', (line) => {
  expect(adviseBlas({ device: 'cpu', ...line })).toContain('apt-get install libopenblas0-pthread');
});

it('the BLAS of the CPU does not matter on a GPU', () => {
  const line = { device: 'cuda:0 NVIDIA H200', blas: 'reference BLAS', matMulGflops: 300_000 };
  expect(adviseBlas(line)).toBeNull();
});
