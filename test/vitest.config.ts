import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'test',
    include: ['**/*.test.ts'],
    // A project of its own, with other limits.
    exclude: [...configDefaults.exclude, 'e2e/**'],
  },
});
