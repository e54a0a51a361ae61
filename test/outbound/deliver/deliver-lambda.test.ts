import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { deliverEnv } from '../../../lambdas/env.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { accessDenied, lambdaAws } from '../../support/worlds/lambda-aws.ts';

vi.mock('../../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => outboundSettings,
}));

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let handler: (event: object, context: object) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  aws = await lambdaAws(deliverEnv, ({ action }) => (action === 'GetItem' ? accessDenied : undefined));
  ({ handler } = await import('../../../lambdas/outbound/deliver/deliver.lambda.ts'));
});

afterAll(() => aws.stop());

const record = (messageId: string, task: object) => ({
  messageId,
  receiptHandle: `handle of ${messageId}`,
  body: JSON.stringify(task),
});

it('λ deliver names the messages of tasks that it could not run, and no other, so that SQS keeps them', async () => {
  const task = { v: 1, deliveryId: 'd', attempt: 1, tenant: 'acme', endpointId: 'ep_1' };
  const Records = [record('failed', task), record('malformed', { v: 1 })];
  const context = { getRemainingTimeInMillis: () => 90_000 };

  expect(await handler({ Records }, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'failed' }] });
  expect(aws.sentTo('DELIVERY_DLQ_URL').map((text) => JSON.parse(text))).toMatchObject([
    { kind: 'delivery', id: 'malformed' },
  ]);
});
