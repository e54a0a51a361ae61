import { describe, expect, it } from 'vitest';
import { talliesAtOnce } from '../../../lambdas/domain/failure-tally.ts';
import { asDeliveryId, asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds } from '../../../lambdas/domain/time.ts';
import { notifyFailures } from '../../../lambdas/outbound/sweep/notify-failures.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import { down, refused, start } from '../../support/fixtures/outbound.ts';
import { worldWithOneEndpoint } from '../../support/worlds/one-endpoint.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const toTenant = (id: string) => ({ id, type: 'invoice.paid', data: {}, tenant: 'acme' });
type World = ReturnType<typeof outboundWorld>;
const notified = ({ operations }: World) =>
  operations.filter(({ type }) => type === 'delivery.exhausted').map(({ body }) => JSON.parse(body));

async function failAt(world: World, count: number, prefix: string): Promise<void> {
  for (let n = 0; n < count; n++) await world.publish(toTenant(`${prefix}${n}`));
  while ((await world.deliverOnce()) > 0);
}

describe('failed deliveries', () => {
  it('failed deliveries are notified once for an endpoint and hour, with a count, and the first at once', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await failAt(world, 3, 'a');
    expect(notified(world)).toEqual([]);

    await world.run(seconds(60));
    await failAt(world, 40, 'b');
    await world.run(seconds(3_000));
    await failAt(world, 2, 'c');
    expect(notified(world).map(({ count }) => count)).toEqual([3]);
    await world.run(seconds(3_600));
    await world.run(seconds(24 * 3_600));

    expect(notified(world).map(({ count }) => count)).toEqual([3, 42]);
    expect(notified(world)[0]).toMatchObject({
      type: 'delivery.exhausted',
      tenant: 'acme',
      endpointId: 'ep_1',
      host: 'acme.example',
      attempts: 1,
      reason: 'answered 404',
      cause: 'refused',
      event: { id: 'a2', type: 'invoice.paid' },
      since: new Date(start).toISOString(),
      lastAttempt: { number: 1, status: 404 },
      nextStep: expect.stringContaining('dlq redrive undelivered --tenant acme --endpoint ep_1'),
    });
  });

  it('a failed delivery costs one write, and no message', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    let writes = 0;
    const add: typeof world.tallies.add = (...args) => {
      writes += 1;
      return world.tallies.add(...args);
    };
    for (let n = 0; n < 5; n++) await world.publish(toTenant(`a${n}`));

    for (let turn = 0; turn < 20; turn++) {
      await world.deliverOnce({ ...world.deliverPorts, tallies: { ...world.tallies, add } });
      world.advance(seconds(1));
    }

    expect(writes).toBe(5);
    expect(world.operations).toEqual([]);
  });

  it('a failed delivery is counted once, even if no dead letter could be sent for hours', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    for (const id of ['a', 'b', 'c']) await world.publish(toTenant(id));
    const broken = { sendDeadDelivery: down };
    while ((await world.deliverOnce({ ...world.deliverPorts, ...broken })) > 0);
    for (let minute = 0; minute < 300; minute++) {
      await world.sweep({ ...world.sweepPorts, ...broken });
      world.advance(seconds(60));
    }
    expect(world.undelivered).toEqual([]);

    await world.run(seconds(7_200));

    expect(world.undelivered).toHaveLength(3);
    expect(notified(world).reduce((sum, { count }) => sum + count, 0)).toBe(3);
  });

  it('a failed delivery keeps the error of its dead letter, even if its count cannot be noted either', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await world.publish(toTenant('a'));
    const { deliverPorts: ports } = world;
    const errors: (string | undefined)[] = [];

    await world.deliverOnce({
      ...ports,
      sendDeadDelivery: async () => {
        throw new Error('no queue');
      },
      deliveries: { ...ports.deliveries, noteCounted: down },
      telemetry: { ...ports.telemetry, error: (_line, _fields, error) => void errors.push(error?.message) },
    });

    expect(errors).toEqual(['no queue']);
    expect(world.report.named('delivery.unnoted')).toHaveLength(1);
  });

  it('failed deliveries are looked up once if none of a full page is due any more, which the index does not show', async () => {
    const { world } = await worldWithOneEndpoint();
    let looks = 0;
    const due = async () => {
      looks++;
      return Array.from({ length: talliesAtOnce }, (_, n) => `gone ${n}`);
    };

    const notifiedOf = await notifyFailures(() => looks < 5, {
      ...world.sweepPorts,
      tallies: { ...world.tallies, due },
    });

    expect([notifiedOf, looks]).toEqual([0, 1]);
  });

  it('failed deliveries that could not be notified do not count as notified', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await failAt(world, 1, 'a');

    expect(await notifyFailures(() => true, { ...world.sweepPorts, notifyOperators: down })).toBe(0);
    expect(await notifyFailures(() => true, world.sweepPorts)).toBe(1);
  });

  it('failed deliveries are notified for each endpoint', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await world.endpoints.create(newEndpoint(start, { id: 'ep_2' }));
    await failAt(world, 2, 'a');

    await world.run(seconds(60));

    expect(
      notified(world)
        .map(({ endpointId, count }) => [endpointId, count])
        .toSorted(),
    ).toEqual([
      ['ep_1', 2],
      ['ep_2', 2],
    ]);
  });

  it('failed deliveries are notified later if a notice fails, and rather twice than never', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(404));
    await failAt(world, 2, 'a');

    await world.sweep({ ...world.sweepPorts, notifyOperators: down });
    expect(notified(world)).toEqual([]);
    await world.sweep({ ...world.sweepPorts, tallies: { ...world.tallies, notified: down } });
    await world.sweep();

    expect(notified(world).map(({ count }) => count)).toEqual([2, 2]);
  });
});

describe('the notices of one sweep', () => {
  const names = (count: number, page = 0) => Array.from({ length: count }, (_, nth) => `t${page}-${nth}`);
  const last = {
    tenant: asTenantId('acme'),
    endpointId: asEndpointId('ep_1'),
    deliveryId: asDeliveryId('d'),
    round: 1,
    eventId: asEventId('e'),
    eventType: 'x',
    attempts: 1,
    reason: 'responded 404',
  };
  /** Pages of due tallies, each of which the index shows until another page is asked for. */
  function tallyPages(pages: readonly (readonly string[])[], notifyAt = start) {
    const world = outboundWorld();
    const done: string[] = [];
    let page = 0;
    const ports = {
      ...world.sweepPorts,
      tallies: {
        ...world.tallies,
        due: async () => pages[page++] ?? [],
        read: async (name: string) => ({ name, count: 1, since: start, notifyAt, last }),
        notified: async ({ name }: { readonly name: string }) => void done.push(name),
      },
    };
    return { done, ports };
  }

  it('the notices of one sweep continue after a full page, until one is not full', async () => {
    const { done, ports } = tallyPages([names(talliesAtOnce), names(3, 1), names(3, 2)]);

    expect(await notifyFailures(() => true, ports)).toBe(talliesAtOnce + 3);
    expect(new Set(done).size).toBe(talliesAtOnce + 3);
  });

  it('the notices of one sweep stop within a page when the time is up', async () => {
    const { done, ports } = tallyPages([names(talliesAtOnce)]);

    expect(await notifyFailures(() => done.length === 0, ports)).toBe(20);
  });

  it('the notices of one sweep omit a tally that another sweep has notified, though the index still shows it', async () => {
    const { done, ports } = tallyPages([names(talliesAtOnce)], later(start, seconds(3_600)));

    expect(await notifyFailures(() => true, ports)).toBe(0);
    expect(done).toEqual([]);
  });
});

describe('the sweep measures', () => {
  const gauge = ({ report }: World, name: string) =>
    report.counts.filter((count) => count.name === name).at(-1);

  it('the sweep measures how many endpoints exist and how many are down, without dimensions', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(503));
    await world.endpoints.create(newEndpoint(start, { tenant: 'umbrella', id: 'well' }));
    await world.sweep();
    expect(gauge(world, 'EndpointsDown')).toEqual({ name: 'EndpointsDown', dimensions: {}, value: 0 });
    expect(gauge(world, 'EndpointsKnown')).toEqual({ name: 'EndpointsKnown', dimensions: {}, value: 2 });

    await world.publish(toTenant('a'));
    await world.run(seconds(900));

    expect(gauge(world, 'EndpointsDown')?.value).toBe(1);
  });

  it('the sweep measures endpoints that we disabled, for a day, and not those that a person disabled', async () => {
    const { world, disable } = await worldWithOneEndpoint(() => ({ kind: 'gone', status: 410 }));
    await world.endpoints.create(newEndpoint(start, { tenant: 'umbrella', id: 'paused' }));
    const paused = await world.endpoints.read(asTenantId('umbrella'), asEndpointId('paused'));
    if (paused) await world.endpoints.disable(paused, { reason: 'manual', at: world.now() });
    await world.publish(toTenant('a'));
    await world.run(seconds(60));
    expect(await disable()).toBeUndefined();

    expect(gauge(world, 'EndpointsDown')?.value).toBe(1);
    await world.run(seconds(86_400));
    await world.sweep();
    expect(gauge(world, 'EndpointsDown')?.value).toBe(0);
  });

  it('the sweep measures no URL that is not registered', async () => {
    const world = outboundWorld(() => refused(503));
    await world.publish({ id: 'a', type: 'x', data: {}, endpoint: { id: 'a', url: 'https://a.example/x' } });

    await world.run(seconds(900));

    expect(gauge(world, 'EndpointsDown')?.value).toBe(0);
  });

  it('the sweep never measures more endpoints down than exist, even if the count of all is behind', async () => {
    const world = outboundWorld();

    await world.sweep({ ...world.sweepPorts, gauges: { known: async () => 2, down: async () => 3 } });

    expect(gauge(world, 'EndpointsDown')?.value).toBe(3);
    expect(gauge(world, 'EndpointsKnown')?.value).toBe(3);
  });

  it('the sweep still does its work if it cannot measure', async () => {
    const world = outboundWorld();

    expect(await world.sweep({ ...world.sweepPorts, gauges: { known: down, down } })).toMatchObject({
      errors: 0,
    });

    expect(gauge(world, 'EndpointsKnown')).toBeUndefined();
    expect(world.report.named('endpoints.measure-failed')).toHaveLength(1);
  });
});
