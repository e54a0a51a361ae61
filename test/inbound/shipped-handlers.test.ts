import { describe, expect, it, vi } from 'vitest';
import { findHandler, type Handlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { handlers } from '../../lambdas/handlers/registry.ts';

/** Runs the handler of an event and gives what it logged. */
async function run(own: Handlers | undefined, type: string, payload: unknown, headers = {}) {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const event = {
    id: 'evt_1',
    type,
    source: 'source',
    provider: 'provider',
    receivedAt: unixMillis(1_795_000_000_000),
    headers,
    payload,
    body: Buffer.from(JSON.stringify(payload)),
  };
  const found = own && findHandler(own, type);
  await found?.handler(event, { attemptNumber: 1, signal: new AbortController().signal, log });
  return log.info.mock.calls;
}

describe('the shipped handlers', () => {
  it('the handler of stripe credits an account when a payment succeeds', async () => {
    const payload = {
      id: 'evt_1',
      data: { object: { id: 'pi_1', amount_received: 1999, currency: 'eur', customer: 'cus_1' } },
    };

    expect(await run(handlers['stripe'], 'payment_intent.succeeded', payload)).toEqual([
      [
        'account.credited',
        {
          creditId: 'evt_1',
          customer: 'cus_1',
          amountInMinorUnits: 1999,
          currency: 'eur',
          paymentIntent: 'pi_1',
        },
      ],
    ]);
  });

  it('the handler of stripe cancels an account when a subscription ends', async () => {
    const payload = { data: { object: { id: 'sub_1', customer: 'cus_1' } } };

    expect(await run(handlers['stripe'], 'customer.subscription.deleted', payload)).toEqual([
      ['account.cancelled', { customer: 'cus_1', subscription: 'sub_1' }],
    ]);
  });

  it('the handler of github deploys the default branch of a repository, and no other', async () => {
    const push = (ref: string) => ({
      ref,
      after: '4d1a8e0c',
      deleted: false,
      repository: { full_name: 'octo/hello', default_branch: 'main' },
    });

    expect(await run(handlers['github'], 'push', push('refs/heads/main'))).toEqual([
      ['deployment.requested', { repository: 'octo/hello', commit: '4d1a8e0c' }],
    ]);
    expect(await run(handlers['github'], 'push', push('refs/heads/draft'))).toEqual([]);
  });

  it('the handler of shopify asks the warehouse for an order', async () => {
    const order = {
      id: 820982911946154,
      currency: 'USD',
      total_price: '199.00',
      line_items: [
        { sku: 'A', quantity: 2 },
        { sku: null, quantity: 1 },
      ],
    };

    expect(
      await run(handlers['shopify'], 'orders/create', order, {
        'x-shopify-shop-domain': 'example.myshopify.com',
      }),
    ).toEqual([
      [
        'fulfilment.requested',
        {
          order: 820982911946154,
          shop: 'example.myshopify.com',
          items: 3,
          total: '199.00',
          currency: 'USD',
        },
      ],
    ]);
  });

  it('the shipped handlers fail permanently on a payload of another shape', async () => {
    await expect(run(handlers['stripe'], 'payment_intent.succeeded', { data: {} })).rejects.toThrow(
      PermanentFailure,
    );
  });
});
