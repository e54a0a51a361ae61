import { describe, expect, it } from 'vitest';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import type { EndpointGauges, EndpointStore } from '../../../lambdas/domain/endpoint-store.ts';
import type { LimiterStore } from '../../../lambdas/domain/limiter-store.ts';
import { days, later, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';

interface Stores {
  readonly gauges: EndpointGauges;
  readonly endpoints: EndpointStore;
  readonly limiter: LimiterStore;
}

/** Later than anything that another contract does in the same table. */
const now = unixMillis(Date.UTC(2036, 10, 25, 12));
const at = (span: number): UnixMillis => later(now, seconds(span));
const hasTime = () => true;

/** What every store must measure. @param make each call may share one table */
export function gaugesContract(name: string, make: () => Promise<Stores>): void {
  const setUp = async () => {
    const stores = await make();
    const endpoint = newEndpoint(now, { tenant: crypto.randomUUID() });
    const before = await stores.gauges.known(hasTime);
    const down = await stores.gauges.down(now);
    await stores.endpoints.create(endpoint);
    return { ...stores, endpoint, before, isDown: async () => (await stores.gauges.down(now)) - down };
  };
  const open = async (
    { limiter, endpoint }: Stores & { readonly endpoint: Endpoint },
    isRegistered = true,
  ) => {
    const of = { tenant: endpoint.tenant, endpointId: endpoint.id, isRegistered };
    const limits = { concurrent: 10, breakAfter: 1, disableAfter: days(5) };
    const limiterKey = endpointHash(of);
    const ask = { now, until: at(30), count: 1, ended: {}, isInLine: false, limits };
    const taken = await limiter.take(limiterKey, ask);
    if (!taken.ok) throw new Error('no slot is free');
    const slot = { limiterKey, of, limits, held: taken.held };
    await limiter.leave(slot, { health: 'down' }, now);
    await limiter.open(slot, at(60), now);
    return slot;
  };

  describe(`gauges in ${name}`, () => {
    it('gauges count the endpoints that were created, without those that were deleted', async () => {
      const { gauges, endpoints, endpoint, before } = await setUp();
      expect(await gauges.known(hasTime)).toBe(before + 1);
      expect(await endpoints.create(endpoint)).toBe(false);
      expect(await gauges.known(hasTime)).toBe(before + 1);

      expect(await endpoints.remove({ ...endpoint, version: -1 })).toBe(false);
      expect(await endpoints.remove(endpoint)).toBe(true);

      expect(await gauges.known(hasTime)).toBe(before);
    });

    it('gauges count an endpoint while its breaker is open', async () => {
      const stores = await setUp();
      const slot = await open(stores);
      expect(await stores.isDown()).toBe(1);

      await stores.limiter.leave(slot, { health: 'up' }, at(1));

      expect(await stores.isDown()).toBe(0);
    });

    it('gauges do not count an endpoint whose breaker a person reset, or a URL that is not registered', async () => {
      const stores = await setUp();
      await open(stores, false);
      expect(await stores.isDown()).toBe(0);
      const slot = await open(await setUp());
      await stores.limiter.reset(slot.limiterKey);

      expect(await stores.isDown()).toBe(0);
    });

    it('gauges count an endpoint that we disabled, once, until it is enabled, without marking it for attention', async () => {
      const stores = await setUp();
      const { endpoints, endpoint, isDown } = stores;
      await open(stores);
      const disabled = await endpoints.disable(endpoint, { reason: 'failing', at: at(1) });
      if (disabled === undefined) throw new Error('not disabled');
      await endpoints.reconciled(disabled);

      expect(await isDown()).toBe(1);
      const told = await endpoints.read(endpoint.tenant, endpoint.id);
      expect(told?.attentionAt).toBeUndefined();
      const waiting = (await endpoints.toReconcile()).map(({ tenant }) => tenant);
      expect(waiting).not.toContain(endpoint.tenant);

      await stores.limiter.reset(endpointHash({ tenant: endpoint.tenant, endpointId: endpoint.id }));
      expect(await isDown()).toBe(1);
      if (told) await endpoints.enable(told, at(2));
      expect(await isDown()).toBe(0);
    });

    it('gauges do not count an endpoint that a person disabled', async () => {
      const { endpoints, endpoint, isDown } = await setUp();
      const disabled = await endpoints.disable(endpoint, { reason: 'manual', at: at(1) });
      if (disabled) await endpoints.reconciled(disabled);

      expect(await isDown()).toBe(0);
    });
  });
}
