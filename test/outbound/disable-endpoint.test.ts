import { describe, expect, it } from 'vitest';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { days, seconds } from '../../lambdas/domain/time.ts';
import { settingsOf } from '../support/fixtures/new-endpoint.ts';
import { accepted, refused, start } from '../support/fixtures/outbound.ts';
import { statuses, worldWithOneEndpoint } from '../support/worlds/one-endpoint.ts';

const event = (id: string) => ({ id, type: 'invoice.paid', tenant: 'acme', data: {} });

describe('an endpoint that answers 410', () => {
  it('an endpoint that answered 410 at an earlier URL is not disabled', async () => {
    const { world, read } = await worldWithOneEndpoint();
    await world.publish(event('e1'));
    const post: typeof world.deliverPorts.post = async () => {
      const seen = await read();
      const moved = { ...settingsOf(seen), url: 'https://new.example' };
      await world.endpoints.changeSettings(seen, moved, start);
      return { kind: 'gone', status: 410 };
    };

    await world.deliverOnce({ ...world.deliverPorts, post });

    expect(await read()).toMatchObject({ status: 'enabled', url: 'https://new.example' });
  });

  it('an endpoint that answers 410 is disabled at once; its other deliveries are held, and operators are notified', async () => {
    const { world, read } = await worldWithOneEndpoint(() => ({ kind: 'gone', status: 410 }));
    await world.publish(event('e1'));
    await world.run(seconds(5));
    expect(world.operations.map(({ type }) => type)).toEqual(['endpoint.disabled']);
    await world.publish(event('e2'));
    await world.run(seconds(60));

    const [first, second] = [...world.table.deliveries.values()];
    expect(first).toMatchObject({ status: 'failed', lastError: 'answered 410' });
    expect(second).toMatchObject({ status: 'held', attempts: 0 });
    expect(await read()).toMatchObject({ status: 'disabled', disabled: { reason: 'gone' } });
    const [disabled] = world.operations.filter(({ type }) => type === 'endpoint.disabled');
    expect(JSON.parse(disabled?.body ?? '')).toMatchObject({
      v: 1,
      tenant: 'acme',
      endpointId: 'ep_1',
      reason: 'gone',
      host: 'acme.example',
      event: { id: 'e1', type: 'invoice.paid' },
      lastAttempt: { number: 1, outcome: 'answered 410' },
      nextStep: expect.stringContaining('endpoints enable acme ep_1'),
    });
  });

  it('a disabled endpoint is reported by the sweep if the worker that disabled it could not', async () => {
    const { world } = await worldWithOneEndpoint(() => ({ kind: 'gone', status: 410 }));
    const notifyOperators = () => Promise.reject(new Error('down'));
    await world.publish(event('e1'));

    await world.deliverOnce({ ...world.deliverPorts, notifyOperators });
    expect(world.operations).toEqual([]);
    await world.run(seconds(120));

    expect(world.operations.map(({ type }) => type).toSorted()).toEqual([
      'delivery.exhausted',
      'endpoint.disabled',
    ]);
  });
});

describe('an endpoint that fails for five days without one success', () => {
  it('an endpoint that fails for five days without one success is disabled and reported, and its deliveries are held', async () => {
    const { world } = await worldWithOneEndpoint(() => refused(503));
    await world.publish(event('first'));
    await world.run(days(3));
    await world.publish(event('second'));
    await world.run(days(2));
    expect(await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))).toMatchObject({
      status: 'enabled',
    });
    await world.publish(event('last'));

    await world.run(seconds(3_600));

    expect(await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))).toMatchObject({
      status: 'disabled',
      disabled: { reason: 'failing', by: { eventId: 'last', outcome: 'answered 503' } },
    });
    const notices = world.operations.map(({ type, body }) => [type, JSON.parse(body).endpointId]);
    expect(notices).toContainEqual(['endpoint.disabled', 'ep_1']);
    expect(notices).toContainEqual(['delivery.exhausted', 'ep_1']);
    expect(world.report.total('EndpointsDisabled')).toBe(1);
    await world.publish(event('held'));
    expect(statuses(world)['held']).toBeGreaterThanOrEqual(1);
  });

  it('an endpoint that gets few events is not disabled by one failure', async () => {
    const { world } = await worldWithOneEndpoint(({ at }) =>
      at < start + days(9) * 1000 ? refused(503) : accepted,
    );
    await world.publish(event('first'));
    await world.run(seconds(days(9) - 1));
    await world.publish(event('second'));

    await world.run(days(1));

    expect(await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))).toMatchObject({
      status: 'enabled',
    });
    expect(statuses(world)).toEqual({ failed: 1, delivered: 1 });
  });

  it('an endpoint that had one success within five days is not disabled', async () => {
    const { world } = await worldWithOneEndpoint(({ at }) =>
      at === start + days(3) * 1000 ? accepted : refused(503),
    );
    await world.publish(event('first'));
    await world.run(days(3));
    await world.publish(event('second'));
    await world.run(days(3));
    await world.publish(event('third'));
    await world.run(seconds(3_600));

    expect(await world.endpoints.read(asTenantId('acme'), asEndpointId('ep_1'))).toMatchObject({
      status: 'enabled',
    });
  });
});
