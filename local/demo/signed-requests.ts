import { createHmac, randomUUID } from 'node:crypto';

/** An event of a provider, as it goes over the wire. */
export interface SignedRequest {
  /** The event's id, as the provider gives it. */
  readonly id: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param now unix seconds */
type Signer = (secret: string, now: number) => SignedRequest;

const stripe: Signer = (secret, now) => {
  const id = `evt_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const type = 'payment_intent.succeeded';
  const data = { object: { id: 'pi_1', object: 'payment_intent', amount: 1200, currency: 'eur' } };
  const body = JSON.stringify({ id, object: 'event', type, created: now, data });
  const signature = createHmac('sha256', secret).update(`${now}.${body}`).digest('hex');
  return { id, type, body, headers: { 'stripe-signature': `t=${now},v1=${signature}` } };
};

const github: Signer = (secret) => {
  const id = randomUUID();
  const type = 'push';
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    repository: { full_name: 'acme/shop' },
    commits: [],
  });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = {
    'x-github-event': type,
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${signature}`,
  };
  return { id, type, body, headers };
};

const shopify: Signer = (secret, now) => {
  const id = randomUUID();
  const type = 'orders/create';
  const body = JSON.stringify({ id: now, email: 'jo@example.com', total_price: '12.00' });
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  const headers = {
    'x-shopify-topic': type,
    'x-shopify-webhook-id': id,
    'x-shopify-shop-domain': 'acme.myshopify.com',
    'x-shopify-hmac-sha256': signature,
  };
  return { id, type, body, headers };
};

/** The providers whose events the demo can sign, exactly as their servers do. */
export const signers: Readonly<Record<string, Signer>> = { stripe, github, shopify };
