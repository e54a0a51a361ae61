import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { receiveEnv } from '../../lambdas/env.ts';
import { sourceSettings } from '../support/worlds/inbound-world.ts';
import { contextWith, lambdaAws } from '../support/worlds/lambda-aws.ts';
import { post } from './signed-posts.ts';

vi.mock('../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: () => ({ sources: [sourceSettings()] }),
}));

// A secret that was just rotated: both versions are read.
const secret = { body: { SecretString: 'whsec_test', CreatedDate: Date.now() / 1000 } };
let reads = 0;
let aws: Awaited<ReturnType<typeof lambdaAws>>;
let entry: typeof import('../../lambdas/inbound/receive.lambda.ts');

beforeAll(async () => {
  aws = await lambdaAws(receiveEnv, ({ action }) =>
    // Every other read of a secret is answered, and the queue never: each call ends in its time, and all together do not.
    action === 'GetSecretValue' && reads++ % 2 === 1 ? secret : 'hang',
  );
  vi.stubEnv('SOURCE', 'stripe');
  entry = await import('../../lambdas/inbound/receive.lambda.ts');
});

afterAll(() => aws.stop());

/** The gateway's event for a request that Stripe signed. */
function signedEvent(): APIGatewayProxyEventV2 {
  const { requestContext, ...event } = post('{"id":"evt_1","type":"invoice.paid"}');
  const gateway = { accountId: '', apiId: '', domainName: '', domainPrefix: '' };
  const route = { routeKey: '', stage: '', time: '', timeEpoch: 0 };
  const http = { ...requestContext.http, path: event.rawPath, protocol: '', userAgent: '' };
  return {
    ...event,
    version: '2.0',
    routeKey: '',
    rawQueryString: '',
    requestContext: { ...requestContext, ...gateway, ...route, http },
  };
}

it('the response is 503 before the provider hangs up, while AWS is slow', async () => {
  const startedAt = performance.now();

  const { statusCode } = await entry.handler(signedEvent(), contextWith(60_000));

  expect(statusCode).toBe(503);
  expect(performance.now() - startedAt).toBeLessThan(2_900);
});
