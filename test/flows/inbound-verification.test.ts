import { createHash, createHmac } from 'node:crypto';
import { sign as signGithub } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');
const newId = (prefix: string): string => `${prefix}_${crypto.randomUUID()}`;

describeFlow('A request to a source', (stack) => {
  async function stripeHeaders(payload: string, timestamp?: number): Promise<Record<string, string>> {
    const secret = await stack.secretOf('stripe');
    return { 'stripe-signature': stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }) };
  }

  const processed = (source: string, id: string) =>
    eventually(`${source}#${id} to be processed`, async () => {
      const record = await stack.inboundEvent(source, id);
      return record?.['status'] === 'processed' && record;
    });

  it('a request that Stripe signed is handled once, however often it comes', async () => {
    const id = newId('evt');
    const body = JSON.stringify({ id, type: 'payment_intent.succeeded' }, null, 2);
    const headers = await stripeHeaders(body);

    const answers = await Promise.all(Array.from({ length: 5 }, () => stack.post('stripe', headers, body)));
    await processed('stripe', id);
    const late = await stack.post('stripe', headers, body);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await late.json()).toEqual({ status: 'accepted', id });
    await eventually('the queue to be worked off', async () => {
      const waiting = await stack.waiting(stack.outputs.queues.inbound['stripe'] ?? '');
      return waiting === 0;
    });
    expect(await stack.handlerCalls(id)).toHaveLength(1);
  });

  it('a request with one changed byte, or 301 s old, is refused, and nothing is enqueued', async () => {
    const [forged, stale] = [newId('evt'), newId('evt')];
    const body = JSON.stringify({ id: forged, type: 'charge.failed' });
    const old = JSON.stringify({ id: stale, type: 'charge.failed' });
    const now = Math.floor(Date.now() / 1000);

    const tampered = await stack.post('stripe', await stripeHeaders(body), body.replace('failed', 'failee'));
    const tooOld = await stack.post('stripe', await stripeHeaders(old, now - 301), old);

    expect([tampered.status, await tampered.json()]).toEqual([401, { error: 'invalid_signature' }]);
    expect([tooOld.status, await tooOld.json()]).toEqual([401, { error: 'invalid_timestamp' }]);
    expect(await stack.inboundEvent('stripe', forged)).toBeUndefined();
    expect(await stack.inboundEvent('stripe', stale)).toBeUndefined();
  });

  it('a request of GitHub verifies, with its JSON and with its form', async () => {
    const [json, form] = [crypto.randomUUID(), crypto.randomUUID()];
    const payload = JSON.stringify({ action: 'opened', text: 'Zoë 🎉' });
    const formBody = `payload=${encodeURIComponent(payload)}`;
    const secret = await stack.secretOf('github');
    const headers = async (id: string, body: string) => ({
      'x-github-delivery': id,
      'x-github-event': 'issues',
      'x-hub-signature-256': await signGithub(secret, body),
    });

    const one = await stack.post('github', await headers(json, payload), payload);
    const two = await stack.post(
      'github',
      { ...(await headers(form, formBody)), 'content-type': 'application/x-www-form-urlencoded' },
      formBody,
    );

    expect([one.status, two.status]).toEqual([200, 200]);
    expect(await processed('github', json)).toMatchObject({ eventType: 'issues', attempts: 1 });
    expect(await processed('github', form)).toMatchObject({ eventType: 'issues', attempts: 1 });
  });

  it('a request of Shopify verifies', async () => {
    const id = crypto.randomUUID();
    const body = JSON.stringify({ id: 820982911946154500 });
    const hmac = createHmac('sha256', await stack.secretOf('shopify'))
      .update(body)
      .digest('base64');

    const answer = await stack.post(
      'shopify',
      {
        'x-shopify-hmac-sha256': hmac,
        'x-shopify-topic': 'orders/create',
        'x-shopify-webhook-id': id,
        'x-shopify-shop-domain': 'shop.example',
        'x-shopify-api-version': '2026-10',
      },
      body,
    );

    expect(answer.status).toBe(200);
    expect(await processed('shopify', id)).toMatchObject({ eventType: 'orders/create' });
  });

  it('a request of Standard Webhooks senders and of Svix verifies', async () => {
    const [standard, svix] = [newId('msg'), newId('msg')];
    const body = JSON.stringify({ type: 'user.created', data: {} });
    const secret = await stack.secretOf('standard');
    const now = new Date();
    const headers = (id: string, family: string, signature: string) => ({
      [`${family}-id`]: id,
      [`${family}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
      [`${family}-signature`]: signature,
    });

    const one = await stack.post(
      'standard',
      headers(standard, 'webhook', new StandardWebhook(secret).sign(standard, now, body)),
      body,
    );
    const two = await stack.post(
      'standard',
      headers(svix, 'svix', new SvixWebhook(secret).sign(svix, now, body)),
      body,
    );

    expect([one.status, two.status]).toEqual([200, 200]);
    await processed('standard', standard);
    await processed('standard', svix);
  });

  it('a request of a generic sender with a signed timestamp verifies', async () => {
    const body = JSON.stringify({ type: 'thing.done', nonce: crypto.randomUUID() });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const secret = await stack.secretOf('timed');
    const signature = createHmac('sha512', secret).update(`${timestamp}.${body}`).digest('base64');

    const good = await stack.post(
      'timed',
      { 'x-signature': `v1=${signature}`, 'x-timestamp': timestamp },
      body,
    );
    const bad = await stack.post('timed', { 'x-signature': signature, 'x-timestamp': timestamp }, body);

    const { id } = JSON.parse(await good.text());
    expect([good.status, bad.status]).toEqual([200, 401]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await processed('timed', id)).toMatchObject({ eventType: 'thing.done' });
  });

  it('a request with several events becomes one message for each', async () => {
    const nonce = crypto.randomUUID();
    const body = JSON.stringify([
      { type: 'a', nonce },
      { type: 'b', nonce },
      { type: 'b', nonce },
    ]);
    const signature = createHmac('sha256', await stack.secretOf('batch'))
      .update(body)
      .digest('hex');

    const answer = await stack.post('batch', { 'x-signature': signature }, body);

    expect([answer.status, await answer.json()]).toEqual([200, { status: 'accepted', count: 3 }]);
    const hash = (type: string) => createHash('sha256').update(JSON.stringify({ type, nonce })).digest('hex');
    await processed('batch', hash('a'));
    await processed('batch', hash('b'));
    await processed('batch', `${hash('b')}:2`);
  });

  it('a request from outside the allowed ranges is refused before its signature is checked', async () => {
    const answer = await stack.post('fenced', { 'x-signature': 'whatever' }, '{}');

    expect([answer.status, await answer.json()]).toEqual([403, { error: 'forbidden_address' }]);
  });
});
