import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Trainings on the plain JavaScript backend take seconds, and many of them on a busy machine.
  test: { name: 'models', include: ['src/**/*.test.ts'], testTimeout: 180_000 },
});
