import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { consumeEnv } from '../../lambdas/env.ts';
import { sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';
import { accessDenied, contextWith, lambdaAws, sqsEvent } from '../support/worlds/lambda-aws.ts';

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
let entry: typeof import('../../lambdas/inbound/consume.lambda.ts');

beforeAll(async () => {
  aws = await lambdaAws(consumeEnv, ({ action, input }) =>
    action === 'UpdateItem' && JSON.stringify(input).includes('unwritten') ? accessDenied : undefined,
  );
  entry = await import('../../lambdas/inbound/consume.lambda.ts');
});

afterAll(() => aws.stop());

it('λ consume names the messages that it could not handle, and no other, so that SQS keeps them', async () => {
  const batch = sqsEvent({ failed: stripeMessage('unwritten'), unusable: '{}' });

  expect(await entry.handler(batch, contextWith(60_000))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'failed' }],
  });
  expect(aws.sentTo('DLQ_URL').map((text) => JSON.parse(text))).toMatchObject([{ id: 'unusable' }]);
  expect(aws.sentTo('QUEUE_URL')).toEqual([]);
});

it('λ consume ends its process when a handler does not stop in time, for it would wake beside its own retry', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('the process has ended');
  });

  const end = entry.handler(sqsEvent({ hung: stripeMessage('evt_1') }), contextWith(100));

  await expect(end).rejects.toThrow('the process has ended');
  expect(exit).toHaveBeenCalledWith(1);
});
