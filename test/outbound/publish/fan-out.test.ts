import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { eventExpiry } from '../../../lambdas/domain/outbound-event.ts';
import { seconds } from '../../../lambdas/domain/time.ts';
import type { PublishPorts } from '../../../lambdas/outbound/publish/publish.ts';
import { publish } from '../../../lambdas/outbound/publish/publish.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { outboundSettings, start } from '../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { idOf, tenantWithEndpoints } from '../../support/worlds/tenant-with-endpoints.ts';

const event = { id: 'e1', type: 'invoice.paid', tenant: 'acme', data: { amount: 5 } };

describe('a publication to a tenant', () => {
  it('a publication to a tenant goes to each endpoint that is subscribed to it, once', async () => {
    const world = await tenantWithEndpoints(2);
    await world.endpoints.create(newEndpoint(start, { id: 'orders', eventTypes: ['order.*'] }));
    const filter = { path: 'amount', gte: 100 };
    await world.endpoints.create(newEndpoint(start, { id: 'large', filter }));
    await world.endpoints.create(newEndpoint(start, { id: 'other', tenant: 'umbrella' }));

    await world.publish(event, event);
    await world.run(seconds(60));

    const to = [...world.table.deliveries.values()].map(({ endpointId }) => endpointId).toSorted();
    expect(to).toEqual([idOf(0), idOf(1)]);
    expect(world.requests).toHaveLength(2);
    expect(world.events.events.get('acme#e1')).toMatchObject({ isWide: true, endpoints: [idOf(0), idOf(1)] });
  });

  it('a publication of two tenants under one id is two events', async () => {
    const world = await tenantWithEndpoints(1);
    await world.endpoints.create(newEndpoint(start, { id: 'other', tenant: 'umbrella' }));

    await world.publish(event, { ...event, tenant: 'umbrella' });
    await world.run(seconds(60));

    expect(world.requests).toHaveLength(2);
  });

  it('a publication without a subscribed endpoint is counted as such', async () => {
    const world = outboundWorld();

    await world.publish(event);

    expect(world.report.named('event.published')).toMatchObject([{ status: 'unmatched' }]);
    expect(world.publishQueue.contents()).toEqual([]);
    expect(world.deadLetters).toEqual([]);
  });

  it('a publication is for the endpoints that exist at the time, and not for later ones, even when it is repeated', async () => {
    const world = await tenantWithEndpoints(1);
    await world.publish(event);
    world.advance(seconds(5));
    await world.endpoints.create(newEndpoint(world.now(), { id: 'late' }));

    await world.publish(event);
    await world.run(seconds(60));

    expect(world.table.deliveries.size).toBe(1);
  });

  it('a publication to a tenant after one to a single endpoint completes it, with the first body', async () => {
    const world = await tenantWithEndpoints(3);
    await world.publish({ ...event, endpoint: { id: idOf(1) } });
    await world.run(seconds(60));

    await world.publish({ ...event, data: { amount: 6 } });
    await world.run(seconds(60));

    expect(world.requests).toHaveLength(3);
    expect(new Set(world.requests.map(({ body }) => body)).size).toBe(1);
    expect(world.report.named('publish.conflict')).toHaveLength(1);
  });

  it('a publication to a tenant after one to a single endpoint is for those that take the first body', async () => {
    const world = await tenantWithEndpoints(1);
    const filter = { path: 'amount', gte: 100 };
    await world.endpoints.create(newEndpoint(start, { id: 'large', filter }));
    await world.publish({ ...event, endpoint: { id: idOf(0) } });

    await world.publish({ ...event, data: { amount: 500 } });
    await world.recordAnnounced();

    expect(world.events.events.get('acme#e1')?.endpoints).toEqual([idOf(0)]);
    expect(world.table.deliveries.size).toBe(1);
  });

  it('a publication that is repeated after its deliveries have expired sends nothing', async () => {
    const world = await tenantWithEndpoints(2);
    await world.publish(event);
    await world.run(seconds(60));
    world.advance(seconds(30 * 86_400 + 60));
    world.db.expire();
    expect(world.table.deliveries.size).toBe(0);
    expect(world.events.events.size).toBe(1);

    await world.publish(event);

    expect(world.table.deliveries.size).toBe(0);
    expect(world.deliveryQueue.contents()).toEqual([]);
    expect(world.report.named('event.published').at(-1)).toMatchObject({ status: 'repeated' });
  });

  it('a publication whose task was lost leaves a delivery also for an endpoint that was deleted since', async () => {
    const world = await tenantWithEndpoints(2);
    await world.publish(event);
    world.deliveryQueue.purge();
    const gone = await world.endpoints.read(asTenantId('acme'), asEndpointId(idOf(1)));
    if (gone !== undefined) expect(await world.endpoints.remove(gone)).toBe(true);

    await world.publish(event);
    await world.run(seconds(900));

    const ends = [...world.table.deliveries.values()].map(({ status }) => status);
    expect(ends.toSorted()).toEqual(['delivered', 'discarded']);
  });

  it('a publication to a tenant is not taken as done because one to a single endpoint is', async () => {
    const world = await tenantWithEndpoints(3);
    const add: PublishPorts['manifests']['add'] = async () => {
      throw new Error('DynamoDB is away');
    };
    const dying = { ...world.publishPorts, manifests: { ...world.publishPorts.manifests, add } };
    const wide = [{ messageId: 'wide', text: JSON.stringify(event), receives: 1 }];
    const sendTasks: PublishPorts['sendTasks'] = async (tasks) => {
      await world.publishPorts.sendTasks(tasks);
      // Before the single one is acknowledged.
      expect(await publish(wide, outboundSettings, dying)).toEqual(['wide']);
    };
    const one = {
      messageId: 'one',
      text: JSON.stringify({ ...event, endpoint: { id: idOf(1) } }),
      receives: 1,
    };

    await publish([one], outboundSettings, { ...world.publishPorts, sendTasks });
    await publish(wide, outboundSettings, world.publishPorts);
    await world.recordAnnounced();

    expect(world.table.deliveries.size).toBe(3);
    expect(world.events.events.get('acme#e1')?.endpoints).toHaveLength(3);
  });

  it('keeps its event for as long as the longest schedule of its endpoints may need it', async () => {
    const world = await tenantWithEndpoints(1);
    await world.endpoints.create(newEndpoint(start, { id: 'patient', retryDelays: [20 * 86_400] }));

    await world.publish(event);
    await world.recordAnnounced();

    const kept = [...world.table.deliveries.values()].map(({ eventKeptFor }) => eventKeptFor);
    const longest = seconds(Math.max(...kept));
    expect(longest).toBeGreaterThan(Math.min(...kept));
    expect(world.events.events.get('acme#e1')?.expiresAt).toBe(eventExpiry(start, longest));
  });

  it('a publication is signed with each endpoint’s own key, and has its own headers', async () => {
    const world = outboundWorld();
    await world.endpoints.create(newEndpoint(start, { headers: { 'X-Team': 'billing' } }));

    await world.publish(event);
    await world.run(seconds(5));

    const [request] = world.requests;
    expect(request?.headers).toMatchObject({ 'X-Team': 'billing', 'webhook-id': 'e1' });
    // The world's key of every endpoint; that of the stack is another.
    const signed = createHmac('sha256', Buffer.alloc(32, 8));
    signed.update(`e1.${request?.headers['webhook-timestamp']}.${request?.body}`);
    expect(request?.headers['webhook-signature']).toBe(`v1,${signed.digest('base64')}`);
  });

  it('a publication to a tenant to an endpoint by URL that is registered is refused', async () => {
    const world = await tenantWithEndpoints(1);

    await world.publish({ ...event, endpoint: { id: idOf(0), url: 'https://elsewhere.example/' } });

    expect(JSON.parse(world.deadLetters[0] ?? '').reason).toMatch(/^endpoint\.url: .*registered/);
  });

  it('a publication whose payload does not match its event type’s schema goes to the DLQ', async () => {
    const world = await tenantWithEndpoints(1);
    const validatePayload = async () => 'data does not fit the schema of invoice.paid (required)';

    await world.publishQueue.send({ body: JSON.stringify(event) });
    await world.workOffPublishQueue({ ...world.publishPorts, validatePayload });

    expect(JSON.parse(world.deadLetters[0] ?? '').reason).toMatch(/does not fit/);
    expect(world.table.deliveries.size).toBe(0);
    expect(world.deliveryQueue.contents()).toEqual([]);
  });
});
