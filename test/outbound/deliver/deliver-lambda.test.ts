import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { deliverEnv } from '../../../lambdas/env.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import { accessDenied, contextWith, lambdaAws, sqsEvent } from '../../support/worlds/lambda-aws.ts';

vi.mock('../../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => outboundSettings,
}));

let flushes = 0;
vi.mock('../../../lambdas/adapters/telemetry/telemetry.ts', async (original) => {
  const { telemetry } = await original<typeof import('../../../lambdas/adapters/telemetry/telemetry.ts')>();
  return { telemetry: () => ({ ...telemetry('deliver'), flush: () => flushes++ }) };
});

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let entry: typeof import('../../../lambdas/outbound/deliver/deliver.lambda.ts');

beforeAll(async () => {
  aws = await lambdaAws(deliverEnv, ({ action }) => (action === 'GetItem' ? accessDenied : undefined));
  vi.stubEnv('REFUSED_RANGES', '10.0.0.0/16');
  entry = await import('../../../lambdas/outbound/deliver/deliver.lambda.ts');
});

afterAll(() => aws.stop());

it('λ deliver names the messages of tasks that it could not run, and no other, so that SQS keeps them', async () => {
  const task = { v: 1, deliveryId: 'd', attempt: 1, tenant: 'acme', endpointId: 'ep_1' };
  const batch = sqsEvent({ failed: JSON.stringify(task), malformed: '{"v":1}' });

  expect(await entry.handler(batch, contextWith(90_000))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'failed' }],
  });
  expect(aws.sentTo('DELIVERY_DLQ_URL').map((text) => JSON.parse(text))).toMatchObject([
    { kind: 'delivery', id: 'malformed' },
  ]);
});

it.each(['DELIVERY_QUEUE_URL', 'SIDELINE_QUEUE_URL'])(
  'λ deliver returns a message of the queue %s to the queue that it came from',
  async (queue) => {
    const before = aws.queuesOf('ChangeMessageVisibility').length;
    const task = { v: 1, deliveryId: 'd', attempt: 1, tenant: 'acme', endpointId: 'ep_1' };

    await entry.handler(sqsEvent({ failed: JSON.stringify(task) }, queue), contextWith(90_000));

    expect(aws.queuesOf('ChangeMessageVisibility').slice(before)).toEqual([queue]);
  },
);

it('λ deliver reports what it counted, in each invocation', async () => {
  const before = flushes;

  await entry.handler(sqsEvent({ malformed: '{"v":1}' }), contextWith(90_000));

  expect(flushes).toBe(before + 1);
});

it('λ deliver does not start with a range of its network that it cannot read, since it could not refuse it', async () => {
  vi.resetModules();
  vi.stubEnv('REFUSED_RANGES', '10.0.0.0/16,vpc-1');

  await expect(import('../../../lambdas/outbound/deliver/deliver.lambda.ts')).rejects.toThrow(
    "REFUSED_RANGES has 'vpc-1'",
  );
});
