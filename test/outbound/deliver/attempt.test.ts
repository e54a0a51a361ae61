import { describe, expect, it } from 'vitest';
import { describeDelivery } from '../../../cli/deliveries/format.ts';
import { parseDelivery } from '../../../lambdas/adapters/dynamodb/deliveries/item.ts';
import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import { deliveryDetail } from '../../../lambdas/management/views.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { message, outboundSettings, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { asDelivery } from '../../support/worlds/stored-delivery.ts';

describe('a fault of our own in a request', () => {
  const tried = async () => {
    const world = outboundWorld();
    await world.publish(message);
    const ports = {
      ...world.deliverPorts,
      post: async () => {
        throw new Error('a fault of this deployment, not of the endpoint (EMFILE)');
      },
    };
    await world.deliverOnce(ports);
    return { world, ports };
  };

  it('a fault of our own in a request is neither an attempt nor a crash: the delivery waits a minute', async () => {
    const { world } = await tried();

    expect(world.delivery()).toMatchObject({
      status: 'pending',
      attempts: 0,
      attemptLog: [],
      crashes: 0,
      lastError: 'not sent: Error: a fault of this deployment, not of the endpoint (EMFILE)',
      nextAttemptAt: start + 60_000,
    });

    await world.run(seconds(120));
    expect(world.delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('a fault of our own in a request opens no breaker, however often it happens', async () => {
    const { world, ports } = await tried();
    for (let turn = 0; turn < 20; turn++) {
      world.advance(seconds(61));
      await world.deliverOnce(ports);
    }

    expect(world.delivery()).toMatchObject({ attempts: 0, status: 'pending' });
    expect(world.report.lines.map(({ line }) => line)).not.toContain('endpoint.down');
    await world.deliverOnce();
    world.advance(seconds(61));
    await world.deliverOnce();
    expect(world.delivery().status).toBe('delivered');
  });
});

describe('the record of an attempt', () => {
  const attempted = async (outcome: AttemptOutcome) => {
    const world = outboundWorld(() => outcome);
    await world.publish(message);
    await world.deliverOnce();
    return { delivery: asDelivery(world.delivery()), report: world.report };
  };

  it('the record of an attempt without a response has the phase in which it failed', async () => {
    const { delivery } = await attempted({
      kind: 'unreachable',
      cause: 'timeout',
      phase: 'tls',
      error: 'not connected within 5000 ms',
    });

    const entry = { phase: 'tls', error: 'tls: not connected within 5000 ms' };
    expect(delivery).toMatchObject({ attemptLog: [entry], lastError: entry.error });
    expect(deliveryDetail(delivery, undefined).attemptLog).toMatchObject([entry]);
    expect(describeDelivery(delivery)).toContain(entry.error);
  });

  it('the record of a redirected attempt has the target, and the log has no URL', async () => {
    const location = 'https://new.example/hooks';
    const { delivery, report } = await attempted({ kind: 'refused', status: 301, location });

    expect(delivery).toMatchObject({
      attemptLog: [{ status: 301, location }],
      lastError: `answered 301, redirects to ${location}: set the endpoint's URL to that`,
    });
    expect(deliveryDetail(delivery, undefined).attemptLog).toMatchObject([{ status: 301, location }]);
    expect(describeDelivery(delivery)).toContain(`redirects to ${location}`);
    expect(JSON.stringify(report.lines.find(({ line }) => line === 'delivery.attempted'))).not.toContain(
      location,
    );
  });

  it('the record of an attempt by an earlier version has neither, and can be read', async () => {
    const { delivery } = await attempted({ kind: 'unreachable', cause: 'timeout', error: 'no answer' });
    const [entry] = delivery.attemptLog;
    const old = { n: 1, at: start, ms: 5, error: 'timeout: no answer' };

    expect(entry?.error).toBe('timeout: no answer');
    expect(parseDelivery({ ...delivery, attemptLog: [old] }).attemptLog).toEqual([old]);
  });
});

describe('the headers of a request', () => {
  const sent = async (headers: Readonly<Record<string, string>> = {}) => {
    const world = outboundWorld();
    await world.endpoints.create(newEndpoint(start, { id: 'billing', tenant: 'acme', headers }));
    await world.publish({ id: 'inv-42', type: 'invoice.paid', tenant: 'acme', data: { a: 1 } });
    await world.deliverOnce();
    const [request] = world.requests;
    return { headers: asNodeSends(request?.headers ?? {}), body: JSON.parse(request?.body ?? '') };
  };

  it('the headers of a request name the sender, and accept any response', async () => {
    const { headers } = await sent();

    expect(headers.get('user-agent')).toBe(outboundSettings.userAgent);
    expect(headers.get('accept')).toBe('*/*');
    expect(headers.has('accept-encoding')).toBe(false);
  });

  it('the headers of a request name the tenant, and so does the signed body', async () => {
    const { headers, body } = await sent();

    expect(headers.get('x-webhook-tenant')).toBe('acme');
    expect(body).toEqual({
      id: 'inv-42',
      type: 'invoice.paid',
      tenant: 'acme',
      created_at: new Date(start).toISOString(),
      data: { a: 1 },
    });
  });

  it('the headers of a request distinguish two tenants that have the same id and URL', async () => {
    const world = outboundWorld();
    for (const tenant of ['acme', 'umbrella'])
      await world.endpoints.create(
        newEndpoint(start, { id: 'billing', tenant, url: 'https://shared.example/' }),
      );
    for (const tenant of ['acme', 'umbrella'])
      await world.publish({ id: 'inv-42', type: 'invoice.paid', tenant, data: {} });
    await world.run(seconds(10));

    const keys = world.requests.map(({ body }) => `${JSON.parse(body).tenant}/${JSON.parse(body).id}`);
    expect(keys.toSorted()).toEqual(['acme/inv-42', 'umbrella/inv-42']);
  });

  it('the headers of a request name no tenant if there is none', async () => {
    const world = outboundWorld();
    await world.publish(message);
    await world.deliverOnce();

    const [request] = world.requests;
    expect(asNodeSends(request?.headers ?? {}).has('x-webhook-tenant')).toBe(false);
    expect(JSON.parse(request?.body ?? '')).not.toHaveProperty('tenant');
  });

  it('the headers of a request are the endpoint’s own, except for those that identify the sender', async () => {
    const { headers } = await sent({
      accept: 'text/plain',
      'X-Key': 'k',
      'user-agent': 'other',
      'x-webhook-tenant': 'z',
    });

    expect(headers.get('accept')).toBe('text/plain');
    expect(headers.get('user-agent')).toBe(outboundSettings.userAgent);
    expect(headers.get('x-key')).toBe('k');
    expect(headers.get('x-webhook-tenant')).toBe('acme');
  });
});

/** Of names that differ in case only, the last one is sent. */
const asNodeSends = (headers: Readonly<Record<string, string>>) =>
  new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
