/** A part of the code, and the tests that have to notice its mutants. */
export interface Area {
  readonly name: string;
  /** Globs. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

/**
 * The code whose mutants are measured, each file in the first area that has it.
 *
 * A mutant runs against the tests of its own folder only: against all of them, one that nothing notices would take a minute. The
 * table of providers is not measured: its tests are vectors.
 */
export const areas: readonly Area[] = [
  {
    name: 'domain',
    code: ['lambdas/domain/*.ts'],
    tests: ['test/domain/*.test.ts'],
  },
  {
    name: 'verification',
    code: ['lambdas/domain/provider/*.ts', 'lambdas/domain/signature/*.ts'],
    tests: ['test/domain/*.test.ts', 'test/inbound/*.test.ts'],
  },
  {
    name: 'inbound',
    code: ['lambdas/inbound/*.ts'],
    tests: ['test/inbound/*.test.ts', 'test/hostile/*.test.ts'],
  },
  {
    name: 'outbound',
    code: ['lambdas/outbound/*.ts', 'lambdas/outbound/*/*.ts'],
    tests: ['test/outbound/**/*.test.ts', 'test/regressions/*.test.ts'],
  },
  {
    name: 'dynamodb',
    code: ['lambdas/adapters/dynamodb/*.ts', 'lambdas/adapters/dynamodb/*/*.ts'],
    tests: ['test/adapters/dynamodb/*.test.ts'],
  },
  {
    name: 'adapters',
    code: ['lambdas/adapters/*.ts', 'lambdas/adapters/{http,s3,schema,secrets,sns,sqs,telemetry}/*.ts'],
    tests: ['test/adapters/{http,s3,schema,secrets,sqs,telemetry}/*.test.ts'],
  },
  {
    name: 'management',
    code: ['lambdas/management/*.ts', 'lambdas/management/operations/*.ts'],
    tests: ['test/management/*.test.ts'],
  },
];
