import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'e2e',
    include: ['**/*.test.ts'],
    // Each file starts a whole stack.
    fileParallelism: false,
    // Far above the usual times: a busy machine with two cores must not fail a test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
