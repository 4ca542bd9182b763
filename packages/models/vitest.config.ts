import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'models',
    include: ['src/**/*.test.ts'],
    // Trainings on the plain JavaScript backend take seconds, and many of them on a busy machine.
    testTimeout: 180_000,
    provide: { engine: 'cpu' },
  },
});
