import { defineConfig } from 'vitest/config';
import { plainSummary } from './test/plain-summary.ts';

export default defineConfig({
  test: {
    // The machines that run this have two cores, and the flow tests' AWS wants one.
    maxWorkers: 2,
    reporters: ['default', plainSummary],
    projects: [
      {
        test: {
          name: 'rules',
          include: ['test/**/*.test.ts'],
          exclude: ['test/flows/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'flows',
          include: ['test/flows/**/*.test.ts'],
          globalSetup: 'test/flows/support/global-setup.ts',
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
