/** A part of the code, and the tests that have to notice its mutants. */
export interface Area {
  readonly name: string;
  /** Globs. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

/**
 * Files whose modules keep what they have computed for the life of a process: a test of their mutants needs a new one. All
 * others keep their thread from one mutant to the next.
 */
export const remembering: readonly string[] = [
  'lambdas/domain/destination-rules.ts',
  'lambdas/domain/provider/certificates.ts',
  'lambdas/domain/signature/signed-content.ts',
  'lambdas/adapters/dynamodb/{conditional-update,gathered-writes,new-token,statements}.ts',
  'lambdas/adapters/telemetry/mapped-stack.ts',
];

/**
 * The code whose mutants are measured.
 *
 * A mutant runs against the quick tests next to it: against all tests, one that nothing notices would take a minute. The
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
    name: 'consume',
    code: [
      'lambdas/inbound/{attempt,claim,consume,consume.lambda,copy-to-tap,finish-attempt,open-message,replay,run-handler,wait}.ts',
    ],
    tests: [
      'test/inbound/{altered-bodies,claim,consume*,copy-to-tap,dead-letter,replay,shipped-handlers,wait}.test.ts',
    ],
  },
  {
    name: 'targets',
    code: ['lambdas/inbound/targets/*.ts', 'lambdas/adapters/targets/*.ts'],
    tests: ['test/inbound/target*.test.ts', 'test/adapters/targets/*.test.ts'],
  },
  {
    name: 'receive',
    code: [
      'lambdas/inbound/{enqueue*,fetch-budget,handshake,keep-refusal,key-cache,measure.lambda,ports,receive*,source-keys,telemetry}.ts',
    ],
    tests: ['test/inbound/*.test.ts', 'test/hostile/*.test.ts'],
  },
  {
    name: 'publish',
    code: ['lambdas/outbound/publish/!(preview-publication).ts'],
    tests: ['test/outbound/publish/*.test.ts', 'test/outbound/hold-delivery.test.ts'],
  },
  {
    name: 'preview',
    code: ['lambdas/outbound/publish/preview-publication.ts'],
    tests: ['test/management/publishing.test.ts'],
  },
  {
    name: 'deliver',
    code: ['lambdas/outbound/deliver/*.ts'],
    tests: ['test/outbound/deliver/*.test.ts', 'test/regressions/*.test.ts'],
  },
  {
    name: 'sweep',
    code: ['lambdas/outbound/sweep/!(recover|recoverable|estimate-failed).ts'],
    tests: [
      'test/outbound/sweep/{keep-measured,notify-failures,release-*,resend,sweep*}.test.ts',
      'test/outbound/{disable-endpoint,errored-work,hold-delivery,manual-breaker,release-waiting}.test.ts',
    ],
  },
  {
    name: 'recoveries',
    code: ['lambdas/outbound/sweep/{recover,recoverable,estimate-failed}.ts'],
    tests: ['test/outbound/sweep/recover*.test.ts', 'test/outbound/replay-to-recreated-endpoint.test.ts'],
  },
  {
    name: 'outbound',
    code: ['lambdas/outbound/*.ts'],
    tests: ['test/outbound/*.test.ts'],
  },
  {
    name: 'dynamodb',
    code: [
      'lambdas/adapters/dynamodb/!(attribute-values|commands|wire).ts',
      'lambdas/adapters/dynamodb/*/*.ts',
    ],
    tests: ['test/adapters/dynamodb/*.test.ts'],
  },
  {
    name: 'wire',
    code: ['lambdas/adapters/dynamodb/{attribute-values,commands,wire}.ts'],
    tests: ['test/adapters/aws/differential.test.ts', 'test/adapters/dynamodb/attribute-values.test.ts'],
  },
  {
    name: 'adapters',
    code: ['lambdas/adapters/*.ts', 'lambdas/adapters/{aws,http,s3,schema,secrets,sns,sqs,telemetry}/*.ts'],
    tests: ['test/adapters/{aws,http,s3,schema,secrets,sqs,telemetry}/*.test.ts'],
  },
  {
    name: 'management',
    code: ['lambdas/management/*.ts', 'lambdas/management/operations/*.ts'],
    tests: ['test/management/*.test.ts'],
  },
];
