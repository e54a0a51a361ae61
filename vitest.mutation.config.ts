import { defineConfig } from 'vitest/config';
import { keptThread } from './tools/mutation/kept-thread.ts';

/** Tests whose time goes to processes, servers or many runs: they would cost each mutant seconds. */
const slow = [
  'test/**/{no-secrets,receive-lambda,failure-causes,deadlines,fan-out-large}.test.ts',
  'test/adapters/dynamodb/{dynamodb-local,spread-writes}.test.ts',
  'test/adapters/dynamodb/{differential,stand-in}/**',
];

/** What `npm run mutation` runs against each mutant: the quick tests that it names. */
export default defineConfig({
  plugins: process.env['MUTATION_THREAD'] === 'kept' ? [keptThread] : [],
  test: {
    include: (
      process.env['MUTATION_TESTS'] ?? 'test/{domain,inbound,outbound,management}/**/*.test.ts'
    ).split(' '),
    exclude: slow,
    isolate: false,
    setupFiles: 'test/support/same-environment.ts',
    testTimeout: 30_000,
  },
});
