import { createHmac, randomUUID } from 'node:crypto';

/** An event of a provider, as it is sent. */
export interface DemoRequest {
  /** The provider's id of the event. */
  readonly id: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param now unix seconds */
type Signer = (secret: string, now: number) => DemoRequest;

const stripe: Signer = (secret, now) => {
  const id = `evt_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
  const type = 'payment_intent.succeeded';
  const intent = {
    id: 'pi_1',
    object: 'payment_intent',
    amount: 1200,
    amount_received: 1200,
    currency: 'eur',
  };
  const data = { object: { ...intent, customer: 'cus_1', status: 'succeeded' } };
  const body = JSON.stringify({ id, object: 'event', type, created: now, data });
  const signature = createHmac('sha256', secret).update(`${now}.${body}`).digest('hex');
  return { id, type, body, headers: { 'stripe-signature': `t=${now},v1=${signature}` } };
};

const github: Signer = (secret) => {
  const id = randomUUID();
  const type = 'push';
  const repository = { full_name: 'acme/shop', default_branch: 'main' };
  const push = { ref: 'refs/heads/main', after: '1f2e3d4c5b6a79880716253443526170f0e1d2c3', deleted: false };
  const body = JSON.stringify({ ...push, repository, commits: [] });
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
  const order = { id: now, currency: 'EUR', total_price: '12.00', email: 'jo@example.com' };
  const body = JSON.stringify({ ...order, line_items: [{ sku: 'mug', quantity: 2 }] });
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  const headers = {
    'x-shopify-topic': type,
    'x-shopify-webhook-id': id,
    'x-shopify-shop-domain': 'acme.myshopify.com',
    'x-shopify-hmac-sha256': signature,
  };
  return { id, type, body, headers };
};

/** The providers whose events the demo can sign as their servers do. */
export const signers: Readonly<Record<string, Signer>> = { stripe, github, shopify };
