import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'test',
    include: ['**/*.test.ts'],
    // Projects of their own.
    exclude: [...configDefaults.exclude, 'bench/**', 'e2e/**'],
  },
});
