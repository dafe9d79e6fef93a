import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Much of what tests do is waiting for servers: on two cores, two at a time left a quarter of them idle.
    maxWorkers: 3,
    maxConcurrency: 8,
    globalSetup: ['test/global-setup.ts'],
    // Some tests read what commands print, and CI services make libraries print colours.
    env: { NO_COLOR: '1', FORCE_COLOR: '0' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results.json' },
  },
});
