import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { publishEnv } from '../../../lambdas/env.ts';
import { message, outboundSettings } from '../../support/fixtures/outbound.ts';
import { accessDenied, lambdaAws, sqsEvent } from '../../support/worlds/lambda-aws.ts';

vi.mock('../../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => outboundSettings,
}));

let flushes = 0;
vi.mock('../../../lambdas/adapters/telemetry/telemetry.ts', async (original) => {
  const { telemetry } = await original<typeof import('../../../lambdas/adapters/telemetry/telemetry.ts')>();
  return { telemetry: () => ({ ...telemetry('publish'), flush: () => flushes++ }) };
});

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let entry: typeof import('../../../lambdas/outbound/publish/publish.lambda.ts');

beforeAll(async () => {
  aws = await lambdaAws(publishEnv, ({ action, input }) =>
    action === 'PutItem' && JSON.stringify(input).includes('unwritten') ? accessDenied : undefined,
  );
  entry = await import('../../../lambdas/outbound/publish/publish.lambda.ts');
});

afterAll(() => aws.stop());

it('λ publish names the messages that it could not publish, and no other, so that SQS keeps them', async () => {
  const batch = sqsEvent({
    good: JSON.stringify(message),
    failed: JSON.stringify({ ...message, id: 'unwritten' }),
    unusable: '{}',
  });

  expect(await entry.handler(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: 'failed' }] });
  expect(aws.sentTo('PUBLISH_DLQ_URL').map((text) => JSON.parse(text))).toMatchObject([
    { kind: 'publish', id: 'unusable' },
  ]);
});

it('λ publish reports what it counted, in each invocation', async () => {
  const before = flushes;

  await entry.handler(sqsEvent({ unusable: '{}' }));

  expect(flushes).toBe(before + 1);
});
