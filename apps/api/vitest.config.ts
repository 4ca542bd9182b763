import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'api',
    include: ['src/**/*.test.ts'],
    globalSetup: ['src/testing/global-setup.ts'],
    setupFiles: ['reflect-metadata'],
    // Each file starts its own API on its own database.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
