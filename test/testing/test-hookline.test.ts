import { describe, expect, it } from 'vitest';
import { signed, testHandlers, testHookline } from '../../entry/testing.ts';
import { verify } from '../../entry/verify.ts';
import { defineHandlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { outboundDefaults, retryPresets, sourceDefaults } from '../../lib/settings.ts';
import { outboundSettingsOf, sourceSettingsOf } from '../../testing/hookline/settings.ts';

const start = new Date('2026-11-29T10:00:00Z');
const at = start;

/** Handlers of Stripe that note what they got, and throw what the test says, one after another. */
function stripeHandlers(...errors: (Error | undefined)[]) {
  const paid: unknown[] = [];
  const handlers = defineHandlers('stripe', {
    'invoice.*': async (event, { log }) => {
      paid.push(event.payload);
      log.info('invoice.seen', { id: event.id });
      const error = errors.shift();
      if (error) throw error;
    },
  });
  return { paid, handlers };
}

const withStripe = (...errors: (Error | undefined)[]) => {
  const { paid, handlers } = stripeHandlers(...errors);
  const sources = { stripe: { provider: 'stripe' } } as const;
  return { paid, hookline: testHookline({ sources, handlers: { stripe: handlers }, now: start }) };
};

describe('receiving', () => {
  it('runs the handler of the event’s type', async () => {
    const { hookline, paid } = withStripe();

    const reception = await hookline.receive(
      'stripe',
      signed.stripe('invoice.paid', {}, { at, id: 'evt_1' }),
    );

    expect(reception).toMatchObject({
      kind: 'accepted',
      response: { status: 200, body: '{"status":"accepted","id":"evt_1"}' },
      runs: [
        { source: 'stripe', id: 'evt_1', type: 'invoice.paid', status: 'processed', handler: 'invoice.*' },
      ],
    });
    expect(reception.runs[0]).toMatchObject({ attempt: 1, event: { id: 'evt_1', payload: paid[0] } });
    expect(hookline.logs('stripe')).toContainEqual(
      expect.objectContaining({ line: 'invoice.seen', fields: expect.objectContaining({ id: 'evt_1' }) }),
    );
  });

  it('recognises a duplicate', async () => {
    const { hookline, paid } = withStripe();
    const request = signed.stripe('invoice.paid', {}, { at });
    await hookline.receive('stripe', request);

    const again = await hookline.receive('stripe', request);

    expect(again).toMatchObject({ kind: 'accepted', runs: [{ status: 'duplicate' }] });
    expect(again.runs[0]?.handler).toBeUndefined();
    expect(paid).toHaveLength(1);
  });

  it('says that an event has no handler', async () => {
    const { hookline } = withStripe();

    const { runs } = await hookline.receive('stripe', signed.stripe('charge.failed', {}, { at }));

    expect(runs).toMatchObject([{ type: 'charge.failed', status: 'ignored' }]);
  });

  it('runs a handler again as time passes, until it succeeds', async () => {
    const error = new Error('database is down');
    const { hookline } = withStripe(error, error);

    const { runs } = await hookline.receive('stripe', signed.stripe('invoice.paid', {}, { at }));
    const early = await hookline.advance(4);
    const later = await hookline.advance(60);

    expect(runs).toMatchObject([{ status: 'retrying', attempt: 1, error }]);
    expect(early.runs).toEqual([]);
    expect(later.runs).toMatchObject([
      { status: 'retrying', attempt: 2, error },
      { status: 'processed', attempt: 3 },
    ]);
    expect(later.runs.at(-1)?.error).toBeUndefined();
  });

  it('gives a permanent failure to the dead letters', async () => {
    const { hookline } = withStripe(new PermanentFailure('no such customer'));

    const { runs } = await hookline.receive('stripe', signed.stripe('invoice.paid', {}, { at }));

    expect(runs).toMatchObject([{ status: 'failed', error: { message: 'no such customer' } }]);
    expect(hookline.deadLetters('stripe')).toHaveLength(1);
  });

  it.each([
    ['tampered with', { tampered: true }, 'mismatch'],
    ['stale', { stale: true }, 'too-old'],
    ['signed with another secret', { secret: 'whsec_another0secret0000' }, 'mismatch'],
  ])('refuses a request that was %s', async (_name, change, reason) => {
    const { hookline, paid } = withStripe();

    const reception = await hookline.receive('stripe', signed.stripe('invoice.paid', {}, { at, ...change }));

    expect(reception).toMatchObject({ kind: 'refused', reason, response: { status: 401 }, runs: [] });
    expect(paid).toEqual([]);
  });

  it('answers a test of the URL', async () => {
    const hookline = testHookline({ sources: { box: { provider: 'dropbox' } } });
    const url = 'https://hookline.test/webhooks/box?challenge=abc';

    expect(await hookline.receive('box', { method: 'GET', url, headers: {}, body: '' })).toMatchObject({
      kind: 'handshake',
      response: { status: 200, body: 'abc' },
    });
  });

  it.each(Object.keys(catalogue) as (keyof typeof catalogue)[])('receives events of %s', async (provider) => {
    const hookline = testHookline({ sources: { it: { provider } } });

    const { kind, runs } = await hookline.receive('it', signed[provider]());

    expect([kind, runs.map(({ status }) => status)]).toEqual(['accepted', ['ignored']]);
  });

  it('names the sources when there is none of this name', async () => {
    const { hookline } = withStripe();

    await expect(hookline.receive('strip', signed.stripe())).rejects.toThrow(
      "there is no source 'strip'; the sources are stripe",
    );
  });
});

describe('the handlers alone', () => {
  it('take a signed request, and say how its event ended', async () => {
    const error = new Error('down');
    const handler = testHandlers(stripeHandlers(undefined, error).handlers);

    expect(await handler(signed.stripe('invoice.paid'))).toMatchObject({ status: 'processed' });
    expect(await handler(signed.stripe('invoice.voided'))).toMatchObject({ status: 'retrying', error });
    expect(await handler(signed.stripe('charge.failed'))).toMatchObject({ status: 'ignored' });
  });

  it('throw when the request is refused', async () => {
    const handler = testHandlers(stripeHandlers().handlers);

    await expect(handler(signed.stripe('invoice.paid', {}, { tampered: true }))).rejects.toThrow(
      'stripe: mismatch',
    );
  });
});

describe('publishing', () => {
  const endpoints = [
    { tenant: 'acme', id: 'ep_all', url: 'https://acme.example/all' },
    { tenant: 'acme', id: 'ep_paid', url: 'https://acme.example/paid', eventTypes: ['invoice.paid'] },
    { tenant: 'other', id: 'ep_other', url: 'https://other.example/hooks' },
  ];
  const event = { id: 'inv-1', type: 'invoice.paid', tenant: 'acme', data: { amount: 12 } };

  it('makes signed requests to the subscribed endpoints of the tenant', async () => {
    const hookline = testHookline({ endpoints, now: start });

    const { requests, deliveries } = await hookline.publish(event);

    expect(requests.map(({ url }) => url).sort()).toEqual([
      'https://acme.example/all',
      'https://acme.example/paid',
    ]);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ type: 'invoice.paid', data: { amount: 12 } });
    expect(deliveries).toContainEqual(
      expect.objectContaining({ endpoint: 'ep_paid', eventId: 'inv-1', status: 'delivered', attempts: 1 }),
    );
  });

  it('signs with the endpoint’s secret, as its receiver verifies', async () => {
    const hookline = testHookline({ endpoints: endpoints.slice(0, 1), now: start });
    const [endpoint] = await hookline.endpoints();
    const { requests } = await hookline.publish(event);
    const [request] = requests;
    if (request === undefined || endpoint === undefined) throw new Error('there is one of each');

    const result = await verify('standard-webhooks', { ...request, secret: endpoint.secret, now: start });

    expect(result).toMatchObject({ kind: 'verified', events: [{ id: 'inv-1', type: 'invoice.paid' }] });
  });

  it('publishes an id once', async () => {
    const hookline = testHookline({ endpoints, now: start });
    await hookline.publish(event);

    expect((await hookline.publish(event)).requests).toEqual([]);
  });

  it('retries an endpoint that fails, as time passes', async () => {
    let down = true;
    const answer = () => (down ? 503 : 204);
    const hookline = testHookline({ endpoints: endpoints.slice(0, 1), answer, now: start });

    const first = await hookline.publish(event);
    const second = await hookline.advance(10);
    down = false;
    const rest = await hookline.advance(3_600);

    expect(first.deliveries).toMatchObject([{ status: 'pending', attempts: 1, lastError: 'answered 503' }]);
    expect(second.requests).toHaveLength(2);
    expect(rest.requests).toHaveLength(1);
    expect(rest.deliveries).toMatchObject([{ status: 'delivered', attempts: 4 }]);
  });

  it('sends to a URL that is not registered', async () => {
    const hookline = testHookline();
    const to = { id: 'partner', url: 'https://partner.example/in' };

    const { requests } = await hookline.publish({ type: 'a.b', data: {}, endpoint: to });

    expect(requests).toMatchObject([{ url: 'https://partner.example/in' }]);
  });

  it('says why an event cannot be published', async () => {
    const { requests, refusals } = await testHookline().publish({ type: 'a b', tenant: 'acme', data: {} });

    expect(requests).toEqual([]);
    expect(refusals).toMatchObject([expect.stringContaining('type: expected 1 to 128 of')]);
  });

  it('says what is wrong with an endpoint', async () => {
    const hookline = testHookline({ endpoints: [{ tenant: 'acme', url: 'http://10.0.0.1/' }] });

    await expect(hookline.endpoints()).rejects.toThrow(/^url: /);
    await expect(hookline.publish(event)).rejects.toThrow(/^url: /);
  });
});

it('has the settings of a deployed stack', () => {
  const source = sourceSettingsOf('s', { provider: 'stripe' }, catalogue.stripe);
  expect(source).toMatchObject({
    tolerance: sourceDefaults.tolerance.toSeconds(),
    maxBodyBytes: sourceDefaults.maxBodyBytes,
    handlerRetryDelays: sourceDefaults.handlerRetryDelays.map((delay) => delay.toSeconds()),
    retention: sourceDefaults.retention.toSeconds(),
    handshakeWindow: sourceDefaults.awaitHandshakeMinutes * 60,
  });
  expect(outboundSettingsOf(undefined)).toMatchObject({
    retryDelays: retryPresets.short,
    attemptTimeout: outboundDefaults.attemptTimeout.toMilliseconds(),
    connectTimeout: outboundDefaults.connectTimeout.toMilliseconds(),
    deliveryRetention: outboundDefaults.deliveryRetention.toSeconds(),
    disableAfter: outboundDefaults.disableAfter.toSeconds(),
    breakAfter: outboundDefaults.breakAfter,
    maxCrashes: outboundDefaults.maxCrashes,
    allowedPorts: outboundDefaults.allowedPorts,
  });
});
