import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { consumeEnv } from '../../lambdas/env.ts';
import { sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';
import { accessDenied, lambdaAws } from '../support/worlds/lambda-aws.ts';

vi.mock('../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => ({ sources: [sourceSettings()] }),
}));
vi.mock('../../lambdas/handlers/registry.ts', () => ({
  handlers: {
    stripe: defineHandlers('stripe', { 'invoice.paid': () => new Promise<void>(() => undefined) }),
  },
}));

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let handler: (event: object, context: object) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  aws = await lambdaAws(consumeEnv, ({ action, input }) =>
    action === 'UpdateItem' && JSON.stringify(input).includes('unwritten') ? accessDenied : undefined,
  );
  ({ handler } = await import('../../lambdas/inbound/consume.lambda.ts'));
});

afterAll(() => aws.stop());

const record = (messageId: string, body: string) => ({
  messageId,
  receiptHandle: `handle of ${messageId}`,
  body,
  attributes: { ApproximateReceiveCount: '1' },
  messageAttributes: {},
});
const contextWith = (remainingMs: number) => ({
  awsRequestId: 'invocation-1',
  getRemainingTimeInMillis: () => remainingMs,
});

it('λ consume names the messages that it could not handle, and no other, so that SQS keeps them', async () => {
  const Records = [record('failed', stripeMessage('unwritten')), record('unusable', '{}')];

  expect(await handler({ Records }, contextWith(60_000))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'failed' }],
  });
  expect(aws.sentTo('DLQ_URL').map((text) => JSON.parse(text))).toMatchObject([{ id: 'unusable' }]);
  expect(aws.sentTo('QUEUE_URL')).toEqual([]);
});

it('λ consume ends its process when a handler does not stop in time, for it would wake beside its own retry', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('the process has ended');
  });

  const end = handler({ Records: [record('hung', stripeMessage('evt_1'))] }, contextWith(100));

  await expect(end).rejects.toThrow('the process has ended');
  expect(exit).toHaveBeenCalledWith(1);
});
