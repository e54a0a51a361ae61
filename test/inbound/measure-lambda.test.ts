import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { measureEnv } from '../../lambdas/env.ts';
import { accessDenied, lambdaAws } from '../support/worlds/lambda-aws.ts';

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let entry: typeof import('../../lambdas/inbound/measure.lambda.ts');

beforeAll(async () => {
  aws = await lambdaAws(measureEnv, ({ input }) =>
    JSON.stringify(input).includes('forbidden') ? accessDenied : undefined,
  );
  vi.stubEnv('DEAD_LETTER_QUEUES', 'stripe-dlq,forbidden-dlq,github-dlq');
  entry = await import('../../lambdas/inbound/measure.lambda.ts');
});

afterAll(() => aws.stop());

it('λ measure reads every dead-letter queue, and fails if one cannot be read, so that its alarm rings', async () => {
  await expect(entry.handler()).rejects.toThrow('400');

  expect(aws.queuesOf('GetQueueAttributes').toSorted()).toEqual([
    'forbidden-dlq',
    'github-dlq',
    'stripe-dlq',
  ]);
});
