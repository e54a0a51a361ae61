import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { mutantPlugin } from './test/mutants/vite-plugin.ts';
import { plainSummary } from './test/support/plain-summary.ts';
import { TestOrder } from './test/support/test-order.ts';

/** Rules that `npm run test:quick` leaves out: half of its time went to them. */
const slow =
  process.env['QUICK'] === '1'
    ? ['**/{no-secrets,receive-lambda,failure-causes,deadlines,fan-out-large}.test.ts']
    : [];

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: TestOrder },
    // Node keeps what it compiles for the next process: the tests start the CDK and the command line tool a hundred times.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node-compile') },
    reporters: ['default', plainSummary],
    projects: [
      {
        plugins: [mutantPlugin()],
        test: {
          name: 'rules',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{flows,audit,lib,package,hostile}/**', 'test/fuzz/corpus.test.ts', ...slow],
          // Starting a process for each file, and loading the same modules in it, takes longer than most of these files.
          isolate: false,
          setupFiles: 'test/support/same-environment.ts',
          testTimeout: 30_000,
        },
      },
      {
        plugins: [mutantPlugin()],
        test: {
          // They measure the processor time of this process: what other files left in memory would count.
          name: 'hostile',
          include: ['test/hostile/**/*.test.ts', 'test/fuzz/corpus.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'stacks',
          include: ['test/{lib,package}/**/*.test.ts'],
          // Loading the CDK and building the functions takes longer than most of these files: a process does it once.
          isolate: false,
          setupFiles: 'test/support/same-environment.ts',
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'flows',
          include: ['test/flows/**/*.test.ts'],
          globalSetup: 'test/flows/support/global-setup.ts',
          // They share one AWS: test/flows/support/lanes.ts says which of them may run at once.
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          // Looks at what the flow tests left behind, so it comes last.
          name: 'audit',
          include: ['test/audit/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
        },
      },
    ],
  },
});
