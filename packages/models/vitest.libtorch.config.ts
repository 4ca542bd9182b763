/** The same tests on the native engine. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'models-libtorch',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/skip-without-libtorch.ts'],
    testTimeout: 180_000,
    provide: { engine: 'libtorch' },
  },
});
