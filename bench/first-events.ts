import { createHmac } from 'node:crypto';

/** The value of each secret. */
export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = JSON.stringify({ id: 'evt_1', type: 'charge.updated', data: { object: { id: 'ch_1' } } });

/** An event for each function that leads to its first call of AWS, by the name of its bundle. */
export const firstEvents = () => ({
  receive: { lambda: 'Source-stripe/Receive', event: signedPost() },
  consume: {
    lambda: 'Source-stripe/Consume',
    event: batchOf({
      v: 1,
      source: 'stripe',
      provider: 'stripe',
      id: 'evt_1',
      type: 'charge.updated',
      receivedAt: Date.now(),
      correlationId: 'c',
      headers: {},
      body,
    }),
  },
  publish: {
    lambda: 'Outbound/Publish',
    event: batchOf({ id: 'evt_1', type: 'a.b', tenant: 'acme', endpoint: { id: 'ep_1' }, data: {} }),
  },
  deliver: {
    lambda: 'Outbound/Deliver',
    event: batchOf({ v: 1, deliveryId: 'd', tenant: 'acme', endpointId: 'ep_1', attempt: 1, payload: '{}' }),
  },
  sweep: { lambda: 'Outbound/Sweep', event: {} },
  management: {
    lambda: 'Management/Function',
    event: { rawPath: '/v1/tenants/acme/endpoints', headers: {}, requestContext: contextOf('GET') },
  },
});

const contextOf = (method: string) => ({
  requestId: 'r',
  domainName: 'bench',
  http: { method, sourceIp: '127.0.0.1' },
});

function signedPost(): object {
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` };
  return { rawPath: '/webhooks/stripe', headers, requestContext: contextOf('POST'), body };
}

const batchOf = (content: object) => ({
  Records: [
    {
      messageId: 'm',
      receiptHandle: 'r',
      body: JSON.stringify(content),
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
    },
  ],
});
