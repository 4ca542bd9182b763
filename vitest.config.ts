import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'packages/models/vitest.libtorch.config.ts',
      'apps/*',
      'test',
      'test/bench',
      'test/e2e',
    ],
  },
});
