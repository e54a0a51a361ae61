import { createHmac } from 'node:crypto';

/** The gateway's event for a request that Stripe signed. */
export function post(body: string, path = '/webhooks/stripe', key = 'whsec_test') {
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', key).update(`${at}.${body}`).digest('hex');
  return {
    rawPath: path,
    headers: { 'Stripe-Signature': `t=${at},v1=${signature}` },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: { requestId: 'request-1', http: { method: 'POST', sourceIp: '192.0.2.1' } },
  };
}

/** … and for one of the source `batch`. */
export function postBatch(body: string) {
  const signature = createHmac('sha256', 'whsec_test').update(body).digest('hex');
  return { ...post(body, '/webhooks/batch'), headers: { 'X-Signature': signature } };
}
