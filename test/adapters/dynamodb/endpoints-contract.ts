import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import type { EndpointStore } from '../../../lambdas/domain/endpoint-store.ts';
import { asEndpointId, type EndpointId } from '../../../lambdas/domain/ids.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));
const soon = later(now, seconds(60));

/** What every Endpoints table must do. @param make each call may share one table */
export function endpointsContract(name: string, make: () => Promise<EndpointStore>): void {
  const setUp = async (more: Partial<Endpoint> = {}) => {
    const table = await make();
    const endpoint = newEndpoint(now, { tenant: crypto.randomUUID(), ...more });
    expect(await table.create(endpoint)).toBe(true);
    return { table, endpoint, of: [endpoint.tenant, endpoint.id] as const };
  };

  describe(`endpoints in ${name}`, () => {
    it('endpoints are created once, and read as they were written', async () => {
      const filter = {
        all: [
          { path: 'data.b', equals: null },
          { not: { path: 'n.*.m', gte: 1.5 } },
          { path: ['a.b', '*', ''], contains: 'x', suffix: 'y' },
        ],
      };
      const { table, endpoint, of } = await setUp({
        filter,
        generation: 'gen_1',
        retryDelays: [1, 60],
        maxPerSecond: 0.5,
      });

      expect(await table.create({ ...endpoint, url: 'https://other.example' })).toBe(false);
      expect(await table.read(...of)).toEqual(endpoint);
      expect(await table.read(endpoint.tenant, asEndpointId('missing'))).toBeUndefined();
    });

    it('endpoints are read with their limiter by one call, also if one of the two is missing', async () => {
      const { table, endpoint, of } = await setUp();
      const idle = { slots: {}, failures: 0, probes: 0 };

      expect(await table.readWithLimiter(...of)).toEqual({ endpoint, limiter: idle });
      expect(await table.readWithLimiter(endpoint.tenant, asEndpointId('missing'))).toEqual({
        endpoint: undefined,
        limiter: idle,
      });
    });

    it('endpoints keep their headers sealed; plain-text headers of an earlier version stay until they are resealed', async () => {
      const sealed = { sealedBy: 'k', sealed: 'a'.repeat(5500) };
      const { table, endpoint, of } = await setUp({ headers: { 'X-Old': 'clear', Authorization: sealed } });

      expect((await table.read(...of))?.headers).toEqual({ 'X-Old': 'clear', Authorization: sealed });
      const resealed = { secrets: endpoint.secrets, headers: { 'X-Old': sealed, Authorization: sealed } };
      expect(await table.reseal({ ...endpoint, version: 7 }, resealed)).toBeUndefined();
      expect(await table.reseal(endpoint, resealed)).toMatchObject({
        ...resealed,
        version: endpoint.version,
      });
      expect(await table.read(...of)).toEqual({ ...endpoint, ...resealed });
    });

    it('endpoints are paged by id within their tenant and a range', async () => {
      const { table, endpoint } = await setUp({ id: asEndpointId('a') });
      for (const id of ['b', 'c', 'd', 'e'].map(asEndpointId)) await table.create({ ...endpoint, id });
      const page = async (range: { after?: EndpointId; upTo?: EndpointId }, limit: number) => {
        const { endpoints, next } = await table.page(endpoint.tenant, range, limit);
        return [endpoints.map(({ id }) => id).join(''), next];
      };

      expect(await page({}, 2)).toEqual(['ab', 'b']);
      expect(await page({ after: asEndpointId('b') }, 2)).toEqual(['cd', 'd']);
      expect((await page({ after: asEndpointId('d') }, 2))[0]).toBe('e');
      expect(await page({ after: asEndpointId('a'), upTo: asEndpointId('c') }, 2)).toEqual(['bc', undefined]);
      expect(await page({ upTo: asEndpointId('c') }, 10)).toEqual(['abc', undefined]);
    });

    it('endpoints are disabled once, and need attention then, but not if they have changed or are others with the same id', async () => {
      const { table, endpoint, of } = await setUp();
      const gone = { reason: 'gone', at: soon } as const;

      expect(await table.disable({ ...endpoint, version: 7 }, gone)).toBeUndefined();
      const disabled = await table.disable(endpoint, gone);
      expect(disabled).toMatchObject({ status: 'disabled', disabled: gone, attentionAt: soon, version: 2 });
      expect(await table.disable(endpoint, gone)).toBeUndefined();
      expect(await table.toReconcile()).toContainEqual(expect.objectContaining({ tenant: of[0], id: of[1] }));
    });

    it('endpoints are enabled with a note to release their held deliveries', async () => {
      const { table, endpoint, of } = await setUp();
      const disabled = await table.disable(endpoint, { reason: 'manual', at: now });
      if (disabled === undefined) throw new Error('not disabled');

      const enabled = await table.enable(disabled, soon);

      expect(enabled).toMatchObject({ status: 'enabled', attentionAt: soon, version: 3 });
      expect(enabled).not.toHaveProperty('disabled.reason');
      expect(await table.enable(disabled, soon)).toBeUndefined();
      expect(await table.read(...of)).toMatchObject({ status: 'enabled' });
    });

    it('enabled endpoints get a note to release waiting deliveries, which users do not see', async () => {
      const { table, endpoint, of } = await setUp();

      const noted = await table.resumeEndpoint(endpoint, soon);
      expect(noted).toMatchObject({ status: 'enabled', attentionAt: soon, version: endpoint.version });
      await table.disable(endpoint, { reason: 'manual', at: now });
      expect(await table.resumeEndpoint(endpoint, soon)).toBeUndefined();
      expect(await table.read(...of)).toMatchObject({ attentionAt: now });
      expect(
        await table.resumeEndpoint({ tenant: of[0], id: asEndpointId('missing') }, soon),
      ).toBeUndefined();
      expect(await table.read(of[0], asEndpointId('missing'))).toBeUndefined();
    });

    it('endpoints that get a note again have been empty for no time', async () => {
      const { table, endpoint } = await setUp();
      const noted = await table.resumeEndpoint(endpoint, now);
      if (noted) await table.markHeldEmpty(noted, now);

      expect((await table.resumeEndpoint(endpoint, soon))?.heldEmptyAt).toBeUndefined();
    });

    it('endpoints keep a note that is newer than the one that was handled', async () => {
      const { table, endpoint, of } = await setUp();
      const disabled = await table.disable(endpoint, { reason: 'manual', at: now });
      if (disabled === undefined) throw new Error('not disabled');
      await table.enable(disabled, soon);

      await table.reconciled(disabled);
      await table.markHeldEmpty(disabled, soon);
      const kept = await table.read(...of);
      expect(kept).toMatchObject({ attentionAt: soon });
      expect(kept?.heldEmptyAt).toBeUndefined();

      if (kept) await table.markHeldEmpty(kept, soon);
      expect(await table.read(...of)).toMatchObject({ heldEmptyAt: soon });
      if (kept) await table.reconciled(kept);
      expect((await table.read(...of))?.attentionAt).toBeUndefined();
      const stillNoted = (await table.toReconcile()).filter(({ tenant }) => tenant === of[0]);
      expect(stillNoted).toEqual([]);
    });

    it('endpoints keep a note of another endpoint with the same id, even in the same millisecond', async () => {
      const { table, endpoint, of } = await setUp({ generation: 'gen_1' });
      const disabled = await table.disable(endpoint, { reason: 'manual', at: soon });
      if (disabled === undefined) throw new Error('not disabled');
      await table.remove(disabled);
      await table.create({ ...endpoint, generation: 'gen_2' });
      await table.disable(endpoint, { reason: 'manual', at: soon });

      await table.markHeldEmpty(disabled, soon);
      await table.reconciled(disabled);

      const other = await table.read(...of);
      expect(other).toMatchObject({ generation: 'gen_2', attentionAt: soon });
      expect(other?.heldEmptyAt).toBeUndefined();
    });

    it('endpoints keep the note of a second release', async () => {
      const { table, endpoint, of } = await setUp();
      const first = await table.resumeEndpoint(endpoint, now);
      if (first === undefined) throw new Error('not noted');
      await table.resumeEndpoint(endpoint, soon);

      await table.markHeldEmpty(first, soon);
      await table.reconciled(first);

      const noted = await table.read(...of);
      expect(noted).toMatchObject({ attentionAt: soon });
      expect(noted?.heldEmptyAt).toBeUndefined();
    });

    it('endpoints keep the note of an enabling in the same millisecond as the disabling before it', async () => {
      const { table, endpoint, of } = await setUp();
      const disabled = await table.disable(endpoint, { reason: 'gone', at: soon });
      if (disabled === undefined) throw new Error('not disabled');
      await table.enable(disabled, soon);

      await table.markHeldEmpty(disabled, soon);
      await table.reconciled(disabled);

      const enabled = await table.read(...of);
      expect(enabled).toMatchObject({ status: 'enabled', attentionAt: soon });
      expect(enabled?.heldEmptyAt).toBeUndefined();
    });

    it('endpoints are changed only in the expected version; omitted settings are removed', async () => {
      const { table, endpoint, of } = await setUp({ maxPerSecond: 5, timeout: 3 });
      const { url, description, eventTypes, headers, metadata } = endpoint;
      const settings = { url, description, eventTypes, headers, metadata, timeout: 4 };

      expect(await table.changeSettings(endpoint, settings, soon)).toMatchObject({ version: 2, timeout: 4 });
      expect(await table.changeSettings(endpoint, settings, soon)).toBeUndefined();
      expect(await table.changeSecrets(endpoint, [], soon)).toBeUndefined();
      const changed = await table.read(...of);
      expect(changed?.maxPerSecond).toBeUndefined();
      expect(changed).toMatchObject({ updatedAt: soon, secrets: endpoint.secrets });
    });

    it('changes of endpoints are counted if they are written, for each tenant', async () => {
      const { table, endpoint } = await setUp({ maxPerSecond: 5 });
      const { tenant } = endpoint;
      const other = newEndpoint(now, { tenant: crypto.randomUUID() });
      await table.create(other);
      const settings = {
        url: endpoint.url,
        description: '',
        eventTypes: ['*'],
        headers: {},
        metadata: {},
      };
      const counts = [await table.changes(tenant)];
      const counting = async (write: Promise<Endpoint | boolean | undefined>) => {
        const written = await write;
        counts.push(await table.changes(tenant));
        return written;
      };

      expect(await counting(table.create(endpoint))).toBe(false);
      expect(
        await counting(table.changeSettings({ ...endpoint, version: 7 }, settings, now)),
      ).toBeUndefined();
      await counting(table.changeSettings(endpoint, settings, now));
      const changed = { ...endpoint, version: endpoint.version + 1 };
      await counting(table.disable(changed, { reason: 'manual', at: now }));
      const disabled = { ...changed, version: changed.version + 1 };
      await counting(table.enable(disabled, now));
      const enabled = { ...disabled, version: disabled.version + 1 };
      await counting(table.changeSecrets(enabled, endpoint.secrets, now));
      const last = { ...enabled, version: enabled.version + 1 };
      expect(await counting(table.remove(endpoint))).toBe(false);
      expect(await counting(table.remove(last))).toBe(true);

      expect(counts).toEqual([1, 1, 1, 2, 3, 4, 4, 4, 5]);
      expect(await table.changes(other.tenant)).toBe(1);
    });

    it('endpoints are deleted only in the expected version', async () => {
      const { table, endpoint, of } = await setUp();

      expect(await table.remove({ ...endpoint, version: 7 })).toBe(false);
      expect(await table.remove(endpoint)).toBe(true);
      expect(await table.read(...of)).toBeUndefined();
    });
  });
}
