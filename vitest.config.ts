import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A PostgreSQL server for the whole run.
    globalSetup: ['test/postgres/global-setup.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Two cores: more workers than that only make the timings of real processes unsteady.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false,
  },
});
