import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { publishEnv } from '../../../lambdas/env.ts';
import { message, outboundSettings } from '../../support/fixtures/outbound.ts';
import { accessDenied, lambdaAws } from '../../support/worlds/lambda-aws.ts';

vi.mock('../../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => outboundSettings,
}));

let aws: Awaited<ReturnType<typeof lambdaAws>>;
let handler: (event: object) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  aws = await lambdaAws(publishEnv, ({ action, input }) =>
    action === 'PutItem' && JSON.stringify(input).includes('unwritten') ? accessDenied : undefined,
  );
  ({ handler } = await import('../../../lambdas/outbound/publish/publish.lambda.ts'));
});

afterAll(() => aws.stop());

const record = (messageId: string, body: string) => ({
  messageId,
  body,
  attributes: { ApproximateReceiveCount: '1' },
});

it('λ publish names the messages that it could not publish, and no other, so that SQS keeps them', async () => {
  const Records = [
    record('good', JSON.stringify(message)),
    record('failed', JSON.stringify({ ...message, id: 'unwritten' })),
    record('unusable', '{}'),
  ];

  expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'failed' }] });
  expect(aws.sentTo('PUBLISH_DLQ_URL').map((text) => JSON.parse(text))).toMatchObject([
    { kind: 'publish', id: 'unusable' },
  ]);
});
