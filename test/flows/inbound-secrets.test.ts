import { setTimeout as pause } from 'node:timers/promises';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { describeFlow } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');

describeFlow('The secret of a source', (stack) => {
  async function statusWith(secret: string): Promise<number> {
    const payload = JSON.stringify({ id: `evt_${crypto.randomUUID()}`, type: 'ping' });
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret });
    return (await stack.post('rotating', { 'stripe-signature': signature }, payload)).status;
  }

  it('the secret of a source accepts nothing while it is unset, works within 2 s of being stored, and its overlap ends', async () => {
    await stack.putSecret('rotating', 'unset');
    await pause(2_100);
    expect(await statusWith('unset')).toBe(503);

    await stack.putSecret('rotating', 'whsec_first');
    await pause(2_000);
    expect([await statusWith('whsec_first'), await statusWith('unset')]).toEqual([200, 401]);

    await stack.putSecret('rotating', 'whsec_second');
    await pause(2_000);
    expect([await statusWith('whsec_second'), await statusWith('whsec_first')]).toEqual([200, 200]);

    // The app sets the overlap to 15 s.
    await pause(16_000);
    expect([await statusWith('whsec_second'), await statusWith('whsec_first')]).toEqual([200, 401]);
  });
});
