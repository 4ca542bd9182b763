import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { projects: ['packages/*', 'apps/*', 'test', 'test/bench', 'test/e2e'] },
});
